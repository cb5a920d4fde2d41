"""A token as awkward as those in use: its functions return nothing, and an allowance is not changed but withdrawn."""

from __future__ import annotations

import json
import subprocess
from functools import cache
from typing import Any

from escrow.chain import Chain
from escrow.node_tools import node_executable, npm_package
from escrow.signers import Signer

SOURCE = """
// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;
contract TestToken {
    mapping(address => uint256) public balanceOf;
    mapping(address => mapping(address => uint256)) public allowance;
    uint256 public totalSupply;
    event Transfer(address indexed from, address indexed to, uint256 amount);
    event Approval(address indexed owner, address indexed spender, uint256 amount);
    function mint(address to, uint256 amount) external {
        balanceOf[to] += amount;
        totalSupply += amount;
        emit Transfer(address(0), to, amount);
    }
    function approve(address spender, uint256 amount) external {
        require(amount == 0 || allowance[msg.sender][spender] == 0, "withdraw the old allowance first");
        allowance[msg.sender][spender] = amount;
        emit Approval(msg.sender, spender, amount);
    }
    function transfer(address to, uint256 amount) external { _move(msg.sender, to, amount); }
    function transferFrom(address from, address to, uint256 amount) external {
        allowance[from][msg.sender] -= amount;
        _move(from, to, amount);
    }
    function _move(address from, address to, uint256 amount) private {
        balanceOf[from] -= amount;
        balanceOf[to] += amount;
        emit Transfer(from, to, amount);
    }
}
"""
_RUN = (
    'const solc = require(process.argv[1]); process.stdout.write(solc.compile(require("fs").readFileSync(0, "utf8")));'
)


@cache
def compiled() -> tuple[list[dict[str, Any]], bytes]:
    """ABI and creation code."""
    request = {
        "language": "Solidity",
        "sources": {"TestToken.sol": {"content": SOURCE}},
        "settings": {"outputSelection": {"*": {"*": ["abi", "evm.bytecode.object"]}}},
    }
    command = [str(node_executable()), "-e", _RUN, str(npm_package("solc"))]
    done = subprocess.run(command, input=json.dumps(request).encode(), capture_output=True, check=True)
    contract = json.loads(done.stdout)["contracts"]["TestToken.sol"]["TestToken"]
    return contract["abi"], bytes.fromhex(contract["evm"]["bytecode"]["object"])


def deploy_token(chain: Chain, signer: Signer, holders: dict[str, int]) -> str:
    """A new token with these balances; returns its address."""
    abi, code = compiled()
    address, _ = chain.deploy(signer, abi, code, step="token.deploy")
    contract = chain.contract(address, abi)
    for who, amount in holders.items():
        chain.transact(signer, contract, "mint", who, amount, step="token.mint")
    return str(address)
