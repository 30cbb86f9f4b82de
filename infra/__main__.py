"""Says that there is no infrastructure program yet, to whoever runs `pulumi preview`."""

raise SystemExit("infra: there is no program yet; infra/README.md says what will stand here")
