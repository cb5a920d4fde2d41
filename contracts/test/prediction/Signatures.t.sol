// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

import {PredictionEscrow} from "../../src/PredictionEscrow.sol";
import {IPredictionEscrow} from "../../src/interfaces/IPredictionEscrow.sol";
import {PredictionFixture} from "../utils/PredictionFixture.sol";
import {BurningWallet, NoWallet, Wallet, YesWallet} from "../utils/Wallets.sol";

/// @dev Whose word counts: keys, contracts, and accounts that are both.
contract PredictionSignaturesTest is PredictionFixture {
    uint256 private constant CURVE_ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141;

    function contestExpecting(bytes32 jobId, bytes memory signed, address signer) private {
        bytes32 digest = escrow.answerDigest(jobId, answerOf(0));
        vm.prank(client);
        vm.expectRevert(abi.encodeWithSelector(IPredictionEscrow.BadSignature.selector, signer, digest));
        escrow.contest(jobId, answerOf(0), signed);
    }

    /// @dev A job whose provider is a contract that signs by the provider's key.
    function servedBy(address payable wallet) private returns (bytes32 jobId) {
        IPredictionEscrow.PredictionTerms memory terms = defaultTerms();
        terms.provider = wallet;
        vm.deal(wallet, providerFunds(terms));
        return serving(terms);
    }

    // ------------------------------------------------------------ keys

    function test_onlyTheCanonicalFormOfASignatureIsTaken() public {
        bytes32 jobId = serving(defaultTerms());
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(PROVIDER_KEY, escrow.answerDigest(jobId, answerOf(0)));
        bytes32 high = bytes32(CURVE_ORDER - uint256(s));
        contestExpecting(jobId, abi.encodePacked(r, high, uint8(55 - v)), provider);
        contestExpecting(jobId, abi.encodePacked(r, high, v), provider);
        contestExpecting(jobId, abi.encodePacked(r, s, v - 27), provider);
        contestExpecting(jobId, abi.encodePacked(r, bytes32(uint256(s) | (uint256(v - 27) << 255))), provider);
        contestExpecting(jobId, abi.encodePacked(r, s, v, hex"00"), provider);
        contestExpecting(jobId, abi.encodePacked(r, s), provider);
        contestExpecting(jobId, abi.encodePacked(bytes32(0), bytes32(0), uint8(27)), provider);
        contestExpecting(jobId, new bytes(65), provider);
        vm.prank(client);
        escrow.contest(jobId, answerOf(0), abi.encodePacked(r, s, v));
    }

    function test_aSignatureIsForOneEscrow() public {
        IPredictionEscrow.PredictionTerms memory terms = defaultTerms();
        PredictionEscrow other = new PredictionEscrow(MIN_WINDOW);
        bytes32 jobId = serving(terms);
        vm.assertFalse(other.jobIdOf(terms) == jobId, "another job id");
        bytes memory elsewhere = sign(PROVIDER_KEY, other.answerDigest(jobId, answerOf(0)));
        contestExpecting(jobId, elsewhere, provider);
    }

    function test_aSignatureIsForOneChain() public {
        bytes32 jobId = serving(defaultTerms());
        bytes memory here = signedAnswer(jobId, 0);
        vm.chainId(block.chainid + 1);
        contestExpecting(jobId, here, provider);
        contest(jobId, 0);
    }

    /// @dev A key's word stands whatever code its account runs: EIP-7702 is no way to disown answers or receipts.
    function test_aKeysWordStandsWhateverItsAccountDelegatesTo() public {
        bytes32 jobId = serving(defaultTerms());
        address no = address(new NoWallet());
        vm.etch(provider, abi.encodePacked(hex"ef0100", no));
        vm.etch(client, abi.encodePacked(hex"ef0100", no));
        contest(jobId, 0);
        collect(jobId, 2);
        vm.etch(provider, no.code);
        contest(jobId, 1);
        vm.etch(client, address(new BurningWallet()).code);
        collect(jobId, 3);
        vm.assertEq(escrow.job(jobId).contested, 2, "contested");
        vm.assertEq(escrow.job(jobId).answered, 3, "collected");
    }

    function test_anAccountWithoutCodeHasNoWordButItsKeys() public {
        bytes32 jobId = serving(defaultTerms());
        contestExpecting(jobId, "any", provider);
    }

    // ------------------------------------------------------------ contracts

    function test_aContractsWordIsAskedByErc1271() public {
        bytes32 jobId = servedBy(payable(address(new Wallet(provider))));
        address wallet = escrow.terms(jobId).provider;
        contestExpecting(jobId, sign(STRANGER_KEY, escrow.answerDigest(jobId, answerOf(0))), wallet);
        contest(jobId, 0);
        prove(jobId, 0);
        collectFor(jobId, wallet, 1);
        vm.warp(endOfRound(jobId));
        vm.prank(wallet);
        escrow.finalise(jobId);
        IPredictionEscrow.PredictionTerms memory terms = defaultTerms();
        uint256 earned = 2 * uint256(terms.provingCost) + terms.answerPrice;
        vm.assertEq(escrow.owed(wallet), providerFunds(terms) - terms.fee + earned, "paid");
    }

    function collectFor(bytes32 jobId, address wallet, uint32 answered) private {
        bytes memory signed = signedReceipt(jobId, answered);
        vm.prank(wallet);
        escrow.collect(jobId, answered, signed);
    }

    /// @dev What the documentation warns of: a provider that is a contract can disown answers it gave, and only answers
    ///      contested before stay contested.
    function test_aContractMayDisownItsAnswers() public {
        Wallet wallet = new Wallet(provider);
        bytes32 jobId = servedBy(payable(wallet));
        contest(jobId, 1);
        bytes memory signed = signedAnswer(jobId, 0);
        wallet.disown(true);
        contestExpecting(jobId, signed, address(wallet));
        vm.warp(escrow.job(jobId).deadline);
        escrow.finalise(jobId);
        expectState(jobId, IPredictionEscrow.State.Rejected);
    }

    /// @dev The other way round: a client that is a contract can disown receipts not collected yet.
    function test_aContractMayDisownItsReceiptsUntilTheyAreCollected() public {
        Wallet wallet = new Wallet(client);
        IPredictionEscrow.PredictionTerms memory terms = defaultTerms();
        terms.client = address(wallet);
        vm.deal(terms.client, clientFunds(terms));
        bytes32 jobId = serving(terms);
        collect(jobId, 2);
        bytes memory signed = signedReceipt(jobId, 3);
        wallet.disown(true);
        bytes32 digest = escrow.receiptDigest(jobId, 3);
        vm.prank(provider);
        vm.expectRevert(abi.encodeWithSelector(IPredictionEscrow.BadSignature.selector, wallet, digest));
        escrow.collect(jobId, 3, signed);
        vm.assertEq(escrow.job(jobId).answered, 2, "what was collected stays");
    }

    function test_aContractThatSaysNoOrBurnsItsGasIsNoSigner() public {
        address[2] memory wallets = [address(new NoWallet()), address(new BurningWallet())];
        for (uint256 i = 0; i < 2; ++i) {
            bytes32 jobId = servedBy(payable(wallets[i]));
            contestExpecting(jobId, signedAnswer(jobId, 0), wallets[i]);
        }
    }

    /// @dev A provider that is bound by any words answers for them alone.
    function test_aContractThatSaysYesToEverythingHarmsItself() public {
        bytes32 jobId = servedBy(payable(address(new YesWallet())));
        vm.prank(client);
        escrow.contest(jobId, answerOf(0), "never given");
        vm.assertTrue(escrow.contestOf(jobId, 0).contested, "contested");
    }
}
