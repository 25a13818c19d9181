"""Errors as JSON-RPC has them: a number, a text and, of a revert, the contract's data.

Source: JSON-RPC 2.0, section 5.1, and geth, whose ``code: 3`` with ``data`` both web3.py and ethers
read a contract's reason from.
"""

from __future__ import annotations

PARSE_ERROR = -32700
INVALID_REQUEST = -32600
METHOD_NOT_FOUND = -32601
INVALID_PARAMS = -32602
INTERNAL_ERROR = -32603
SERVER_ERROR = -32000
EXECUTION_REVERTED = 3

_REASON = bytes.fromhex("08c379a0")  # Error(string)
_PANIC = bytes.fromhex("4e487b71")  # Panic(uint256)


class RPCError(Exception):
    """What an answer's ``error`` becomes.

    Args:
        code: Its number.
        message: In one line.
        data: What a contract gave back when it reverted.
    """

    def __init__(self, code: int, message: str, data: bytes | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.data = data

    def as_json(self) -> dict[str, object]:
        """Return the error's object."""
        result: dict[str, object] = {"code": self.code, "message": self.message}
        if self.data is not None:
            result["data"] = "0x" + self.data.hex()
        return result


def reverted(output: bytes) -> RPCError:
    """Return the error for a call that a contract has reverted, with its reason in words."""
    from eth_abi.abi import decode  # noqa: PLC0415
    from eth_abi.exceptions import DecodingError  # noqa: PLC0415

    message = "execution reverted"
    try:
        if output[:4] == _REASON:
            message += f": {decode(['string'], output[4:])[0]}"
        elif output[:4] == _PANIC:
            message += f": panic {decode(['uint256'], output[4:])[0]:#04x}"
    except (DecodingError, UnicodeDecodeError, OverflowError):
        pass  # a contract may give back what it likes
    return RPCError(EXECUTION_REVERTED, message, output)
