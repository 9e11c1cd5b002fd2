"""The subcommands about maintenances, one file each: for now on the command line alone."""
