"""How an award is computed: from a snapshot to scores. Standard library only: no database, no clock."""
