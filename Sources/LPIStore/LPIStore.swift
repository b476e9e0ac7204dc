// The LPI store lives here.
