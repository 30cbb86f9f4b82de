"""The Pulumi programs: Azure's platform, Argo CD's first installation, the tenants' expansion."""
