"""Everything that touches files, Git or processes. What is read here is judged elsewhere."""
