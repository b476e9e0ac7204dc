// Reports live here.
