"""The command `tenantry`."""
def run() -> int: return 0
