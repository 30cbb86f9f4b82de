"""Components of the platform in Azure, and the program that puts them together."""
