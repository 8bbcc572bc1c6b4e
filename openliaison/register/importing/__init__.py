"""The register's import: read a file, find its head, map its columns, plan, write, undo.

Reading (`kinds`, `text_file`, `workbook_guard`, `book`), the head (`head`), the mapping (`targets`, `mapping`), values
(`values`) and rows (`rows`) ask no database; `planning`, `writing`, `undoing` and the verbs in `steps` do.
"""
