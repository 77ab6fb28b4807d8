"""What is said when AWS cannot be asked, or refuses."""

from botocore.exceptions import BotoCoreError, ClientError, NoCredentialsError

from local.tables import region

NOT_ACCEPTED = ("ExpiredTokenException", "InvalidSignatureException", "UnrecognizedClientException")


def sentence(error: BotoCoreError | ClientError, stage: str, asked: str) -> str:
    """Say why AWS did not tell of what was asked for, such as a table of a stage."""
    if isinstance(error, NoCredentialsError):  # as infra/credentials.js says it
        return (
            "There are no AWS credentials: "
            "set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY."
        )
    if not isinstance(error, ClientError):
        return f"AWS cannot be asked: {error}"
    code, message = (error.response["Error"][each] for each in ("Code", "Message"))
    if code == "ResourceNotFoundException":
        return f"There is no stage {stage} in {region()} (no {asked})."
    if code in NOT_ACCEPTED:
        return f"AWS does not accept the credentials ({message})."
    return f"AWS refuses: {error}"
