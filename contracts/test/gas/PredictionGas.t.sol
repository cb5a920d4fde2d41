// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

import {IPredictionEscrow} from "../../src/interfaces/IPredictionEscrow.sol";
import {PredictionFixture} from "../utils/PredictionFixture.sol";
import {TestToken} from "../utils/Tokens.sol";
import {Wallet} from "../utils/Wallets.sol";

/// @dev Gas of every transaction of a prediction job, in the manner of Gas.t.sol.
abstract contract PredictionGasFixture is PredictionFixture {
    /// @dev EIP-7825.
    uint256 internal constant TRANSACTION_GAS_LIMIT = 16_777_216;

    /// @dev What a generated verifier over one input costs at most by measurement, and about 1,000 for each instance.
    uint256 internal constant GENERATED_VERIFIER_GAS = 1_000_000;
    uint256 internal constant INSTANCE_GAS = 1000;

    function record(string memory name) internal returns (uint256 gasUsed) {
        return vm.snapshotGasLastCall("PredictionEscrow", name);
    }
}

/// @dev A classifier of ten classes, paid in ether.
contract PredictionGasTest is PredictionGasFixture {
    function outputCount() internal pure override returns (uint32) {
        return 10;
    }

    function test_completedJob() public {
        IPredictionEscrow.PredictionTerms memory terms = defaultTerms();
        bytes32 jobId = openJob(terms);
        record("open");
        uint256 value = paying(terms.token, provider, providerFunds(terms));
        escrow.accept{value: value}(jobId);
        record("accept");
        contest(jobId, 0);
        record("contest, first");
        contest(jobId, 1);
        record("contest, next");
        prove(jobId, 0);
        record("proveAnswer of 10 outputs, first");
        prove(jobId, 1);
        record("proveAnswer of 10 outputs, next");
        collect(jobId, 5);
        record("collect, first");
        collect(jobId, 10);
        record("collect, next");
        vm.warp(endOfRound(jobId));
        vm.prank(provider);
        escrow.finalise(jobId);
        record("finalise, completing");
        vm.prank(provider);
        escrow.withdraw();
        record("withdraw");
    }

    function test_otherEndings() public {
        IPredictionEscrow.PredictionTerms memory terms = defaultTerms();
        bytes32 unaccepted = openJob(terms);
        terms.nonce = 2;
        bytes32 unproven = serving(terms);
        contest(unproven, 0);
        vm.warp(block.timestamp + 1 days);
        escrow.finalise(unaccepted);
        record("finalise, expiring");
        escrow.finalise(unproven);
        record("finalise, rejecting");
    }

    function test_contestAgainstAContract() public {
        IPredictionEscrow.PredictionTerms memory terms = defaultTerms();
        terms.provider = address(new Wallet(provider));
        vm.deal(terms.provider, providerFunds(terms));
        contest(serving(terms), 0);
        record("contest, provider by ERC-1271");
    }
}

/// @dev The same in a token.
contract PredictionTokenGasTest is PredictionGasFixture {
    TestToken private token;

    function setUp() public override {
        super.setUp();
        token = new TestToken();
        token.mint(client, 1 ether);
        token.mint(provider, 1 ether);
    }

    function currency() internal view override returns (address) {
        return address(token);
    }

    function test_job() public {
        IPredictionEscrow.PredictionTerms memory terms = defaultTerms();
        bytes32 jobId = openJob(terms);
        record("open, in a token");
        paying(terms.token, provider, providerFunds(terms));
        escrow.accept(jobId);
        record("accept, in a token");
        vm.warp(endOfRound(jobId));
        vm.prank(provider);
        escrow.finalise(jobId);
        record("finalise, in a token");
        escrow.withdrawTokenFor(address(token), provider);
        record("withdrawTokenFor");
    }
}

/// @dev The largest answer there is, every second output negative and so 32 non-zero bytes.
contract LargePredictionGasTest is PredictionGasFixture {
    function outputCount() internal pure override returns (uint32) {
        return 4096;
    }

    function test_proveAnswer() public {
        bytes32 jobId = serving(defaultTerms());
        contest(jobId, 0);
        prove(jobId, 0);
        uint256 verifierGas = GENERATED_VERIFIER_GAS + INSTANCE_GAS * 4096;
        uint256 gasUsed = record("proveAnswer of 4096 outputs");
        vm.assertLt(gasUsed + verifierGas, TRANSACTION_GAS_LIMIT, "fits into a transaction");
    }
}
