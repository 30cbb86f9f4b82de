"""Names and reasons of what is found before any rule runs: in folders, files, fields and facts.

The checks themselves stand in `reader`, `schema.check` and `workspace.sources`.
"""

from tenantry.findings import Severity
from tenantry.rules.contract import Rule

FOLDER_RULES = (
    Rule(
        "missing-file",
        "A file that must be there is not.",
        "A tenant's folder without its file, or a cluster without facts, cannot be rendered.",
    ),
    Rule(
        "unexpected-file",
        "A file stands where nothing reads it: beside what a tenant, a cluster, an app or a policy "
        "is made of.",
        "Nothing reads it, and whoever put it there believes that something does.",
    ),
    Rule(
        "link",
        "A symbolic link stands where a file or folder is expected.",
        "A link can point at another team's file, or outside the repository.",
    ),
    Rule(
        "executable-file",
        "A tenant's file is marked as executable.",
        "Configuration is never run.",
    ),
    Rule("unreadable-file", "A file cannot be read.", "What is not read is not checked."),
    Rule(
        "no-object",
        "A file in an app's `manifests/`, or in `policies/`, is no Kubernetes object.",
        "It would not be delivered, and whoever put it there believes that it is.",
    ),
    Rule(
        "no-claim-kind",
        "An XRD in `apps/` has no schema of `spec.parameters`, or none of `spec.placement`.",
        "Parameters of its claims could not be checked, or the API server would refuse each claim.",
    ),
    Rule(
        "folder-name",
        "The folder of a cluster, an app or a policy has a name that Kubernetes does not take.",
        "Branches, Applications and objects are named after it.",
    ),
    Rule(
        "duplicate-claim-kind",
        "Two XRDs in `apps/` offer a claim kind of the same name.",
        "A claim would become one of the two, by chance of the folders' names.",
    ),
    Rule(
        "unknown-cluster",
        "A command names a cluster that is not there.",
        "A typing error would render nothing and look like success.",
    ),
    Rule(
        "stale-generated-file",
        "A generated file is not what would be generated now.",
        "Editors and pages would tell people yesterday's rules.",
    ),
)

READING_RULES = (
    Rule("file-too-large", "A file has more than 64 KiB.", "It would slow every check down."),
    Rule("not-utf8", "A file is not UTF-8 text.", "Each program would read other characters."),
    Rule(
        "byte-order-mark", "A file starts with a byte-order mark.", "Some programs read it as text."
    ),
    Rule(
        "forbidden-character",
        "A control, invisible or direction-changing character, or an unusual line break.",
        "People would not see what the program reads.",
    ),
    Rule(
        "curly-quote",
        "A curly quote stands where a straight one is meant.",
        "YAML reads it as text.",
    ),
    Rule("empty-file", "A file holds nothing.", "An emptied file would look like a removed team."),
    Rule("yaml-syntax", "A file is not YAML from some place on.", "Nothing after it can be read."),
    Rule(
        "several-documents", "A file holds a second document.", "Most programs read only the first."
    ),
    Rule("yaml-directive", "A line starts with `%`.", "It changes how YAML is read."),
    Rule("yaml-anchor", "An anchor (`&name`).", "Values must stand where they are read."),
    Rule("yaml-alias", "An alias (`*name`).", "Aliases of aliases can fill any memory."),
    Rule("yaml-merge", "A merge key (`<<`).", "YAML 1.2 does not know it."),
    Rule("yaml-tag", "A tag (`!name`).", "A tag can make a program build any object."),
    Rule("duplicate-key", "A field is given twice.", "Programs keep the last one in silence."),
    Rule("key-not-text", "A field's name is not text.", "`no:` would be read as `false:`."),
    Rule(
        "nested-too-deep",
        "Blocks within blocks, beyond any field.",
        "Deep nesting can stall a reader.",
    ),
    Rule(
        "too-many-values",
        "A file holds more values than any team needs.",
        "It would slow checks down.",
    ),
    Rule(
        "too-many-faults",
        "A file has so many faults that the rest is not listed.",
        "The list would be longer than the file.",
    ),
    Rule(
        "doubtful-scalar",
        "A word or number without quotes that YAML readers take for different things.",
        "`NO` is false for one reader and Norway for the other.",
    ),
    Rule(
        "cut-text",
        "A text without quotes ends at a `#` that may belong to it.",
        "What follows a space and `#` is a comment: the rest of the text would be missing.",
        Severity.WARNING,
    ),
)

FIELD_RULES = (
    Rule("unknown-field", "A field that does not exist.", "A misspelled field would be ignored."),
    Rule("missing-field", "A required field is not there.", "There is no default to take."),
    Rule("missing-fact", "A required fact of the platform is not there.", "It says who fills it."),
    Rule(
        "wrong-type",
        "A list, block, number or text where another is expected.",
        "It has no meaning.",
    ),
    Rule("unknown-value", "A value outside the list of allowed ones.", "It has no meaning."),
    Rule(
        "empty-value", "An empty text or list.", "It says nothing; leaving the field out is clear."
    ),
    Rule(
        "too-long",
        "A text or list beyond its limit.",
        "Kubernetes, or a person, could not take it.",
    ),
    Rule("out-of-range", "A number outside its limits.", "Kubernetes would refuse it."),
    Rule(
        "invalid-value", "A value of the wrong form.", "It would be refused later, far from here."
    ),
    Rule(
        "malformed-upstream",
        "A generated file about an app's source is not as it is generated.",
        "What the app needs and brings could not be read from it.",
    ),
)

RULES = (*FOLDER_RULES, *READING_RULES, *FIELD_RULES)
