"""A real Argo CD that fills a cluster: what it is made of, its tests, and the demo.

A package, so that pytest can keep one cluster for all tests of the folder, and end it with them.
"""
