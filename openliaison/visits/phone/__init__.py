"""What the phone keeps and sends: the pack, the doors, the devices. The contract is docs/reference/phone-sync.md."""
