"""What is said when AWS cannot be asked, or refuses."""

from botocore.exceptions import BotoCoreError, ClientError, NoCredentialsError

NOT_ACCEPTED = ("ExpiredTokenException", "InvalidSignatureException", "UnrecognizedClientException")


def sentence(error: BotoCoreError | ClientError, missing: str) -> str:
    """Say why AWS did not tell of what was asked for; `missing` says that it is not there."""
    if isinstance(error, NoCredentialsError):  # as infra/credentials.js says it
        return (
            "There are no AWS credentials: "
            "set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY."
        )
    if not isinstance(error, ClientError):
        return f"AWS cannot be reached: {error}"
    code, message = (error.response["Error"][each] for each in ("Code", "Message"))
    if code == "ResourceNotFoundException":
        return missing
    if code in NOT_ACCEPTED:
        return f"AWS does not accept the credentials ({message})."
    return f"AWS refuses: {error}"
