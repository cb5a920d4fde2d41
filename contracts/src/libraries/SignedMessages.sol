// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {MessageHashUtils} from "@openzeppelin/contracts/utils/cryptography/MessageHashUtils.sol";
import {SignatureChecker} from "@openzeppelin/contracts/utils/cryptography/SignatureChecker.sol";

/// @title Messages signed off chain and read by an escrow (EIP-712)
/// @notice Domain: name "Assay", version "1", this chain, the escrow. It is hashed anew at every use, so after a chain
///         split each side takes only what was signed for it.
library SignedMessages {
    bytes32 private constant DOMAIN =
        keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)");
    bytes32 private constant NAME = keccak256("Assay");
    bytes32 private constant VERSION = keccak256("1");

    /// @notice What is signed for the escrow that uses this library: the domain and the hash of one typed struct.
    function digest(bytes32 structHash) internal view returns (bytes32) {
        bytes32 separator = keccak256(abi.encode(DOMAIN, NAME, VERSION, block.chainid, address(this)));
        return MessageHashUtils.toTypedDataHash(separator, structHash);
    }

    /// @notice Whether `signer` stands by `hash`: an ECDSA signature in its one form (65 bytes, low s), else ERC-1271.
    /// @dev ECDSA is tried whether or not the account has code. An EIP-7702 account has a key as well as code; by the code
    ///      alone its owner could disown what it signed with the key, simply by delegating to code that says no.
    function isSignedBy(address signer, bytes32 hash, bytes calldata signature) internal view returns (bool) {
        (address recovered, ECDSA.RecoverError fault,) = ECDSA.tryRecoverCalldata(hash, signature);
        if (fault == ECDSA.RecoverError.NoError && recovered == signer) return true;
        return SignatureChecker.isValidERC1271SignatureNowCalldata(signer, hash, signature);
    }
}
