import sys

from openliaison.cli import main

sys.exit(main())
