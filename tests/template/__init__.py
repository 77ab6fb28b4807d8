"""The CloudFormation template, for each combination of parameters: judged, and read."""
