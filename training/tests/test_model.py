import numpy as np
import pytest
import torch
from torch import nn

import losses
from augment import Example
from data import DRESS, PART, PARTS, SKIN
from encoder import Encoder
from model import NETWORKS, ArticleUNet, DressNet, build, restore
from sampling import collate
from train import update_ema


def batch(count: int = 2) -> dict[str, torch.Tensor]:
    parts = np.full((96, 64), PART["background"], np.uint8)
    parts[10:90, 20:44], parts[40:80, 16:48] = PART["skin"], PART["dress"]
    shape = np.where(parts == PART["background"], 0, np.where(parts == PART["dress"], DRESS, SKIN)).astype(np.uint8)
    rgb = np.zeros((96, 64, 3), np.uint8)
    rgb[parts == PART["skin"]], rgb[parts == PART["dress"]] = (200, 150, 120), (30, 60, 160)
    tags = np.zeros(len(PARTS), np.float32)
    return collate([Example(rgb, parts, shape, 1.0, 1.0, 1.0, tags) for _ in range(count)])


@pytest.mark.parametrize("name", NETWORKS)
def test_every_network_answers_at_the_size_of_its_photo(name):
    out = build(name).eval()(torch.rand(1, 3, 96, 64) * 255)
    assert out.shape.shape == (1, 3, 96, 64)
    if out.parts is not None:
        assert out.parts.shape == (1, 13, 48, 32) and out.presence.shape == (1,) and out.tags.shape == (1, 13)
        assert out.turned.shape == (1, 4) and out.features.shape == (1, 32, 12, 8)


def test_an_unknown_network_is_an_error_that_names_the_known_ones():
    with pytest.raises(KeyError, match="dressnet, article"):
        build("resnet")


def test_the_articles_unet_has_the_articles_size():
    assert sum(p.numel() for p in ArticleUNet().parameters()) == pytest.approx(7.76e6, rel=0.01)


def test_the_supplied_encoder_fits_and_sees_people(data):
    encoder = Encoder()
    encoder.load(data / "encoder" / "mobilenetv2_voc.npz")
    assert len(encoder.convs()) == 51
    half, quarter, eighth, deep = encoder(torch.rand(1, 3, 64, 96) * 2 - 1)
    assert [t.shape[1] for t in (half, quarter, eighth, deep)] == list(Encoder.channels)
    assert deep.shape[2:] == (4, 6)
    assert deep.std() > 0.1  # random weights of a folded network die out; these do not


def test_weights_of_another_shape_are_refused(tmp_path):
    np.savez(tmp_path / "w.npz", w0=np.zeros((1, 1, 1, 1)), b0=np.zeros(1))
    with pytest.raises(ValueError, match="w0"):
        Encoder().load(tmp_path / "w.npz")


def test_freezing_leaves_the_early_layers_without_gradients():
    net = DressNet()
    net.encoder.freeze_early()
    assert not net.encoder.stem.conv.weight.requires_grad
    assert net.encoder.blocks[2].project.conv.weight.requires_grad


def test_one_batch_is_learned_by_heart():
    torch.manual_seed(0)
    net = DressNet(dropout=0.0)
    for conv in net.encoder.convs():  # without the supplied weights: keep the signal alive through 51 layers
        nn.init.kaiming_normal_(conv.weight, nonlinearity="relu")
    b = batch()
    rgb = b.pop("rgb")
    optimiser = torch.optim.AdamW(net.parameters(), 2e-3)
    first = None
    for _ in range(60):
        loss, terms = losses.total(net(rgb), b)
        first = first or terms["shape"]
        optimiser.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(net.parameters(), 5.0)
        optimiser.step()
    assert terms["shape"] < 0.25 * first
    guess = net(rgb).shape.argmax(1)
    truth = b["shape"]
    assert ((guess == DRESS) & (truth == DRESS)).sum() / ((guess == DRESS) | (truth == DRESS)).sum() > 0.8


def test_three_bands_of_a_dress_have_the_same_area_and_their_order():
    bands = DressNet().presence.bands
    mask = torch.zeros(2, 1, 12, 8)
    mask[0, 0, 2:9, 2:6] = 1.0  # seven rows: the bands end within rows
    mask[1, 0, 1:11, 1:7] = torch.linspace(0.1, 1.0, 10)[:, None]  # surer towards the hem
    weights = bands.weights(mask).reshape(2, 3, 12, 8)
    assert torch.allclose(weights.sum((2, 3)), torch.ones(2, 3), atol=1e-4)
    rows = torch.arange(12.0)
    middles = (weights.sum(3) * rows).sum(2)
    assert (middles[:, 0] < middles[:, 1]).all() and (middles[:, 1] < middles[:, 2]).all()
    assert (weights[mask.expand(2, 3, 12, 8) == 0] == 0).all()
    nothing = bands.weights(torch.zeros(1, 1, 12, 8))
    assert (nothing == 0).all() and not nothing.isnan().any()


def test_bands_of_one_cloth_are_alike_and_of_two_are_not():
    torch.manual_seed(0)
    bands = DressNet().presence.bands
    mask, deep, fine = torch.ones(1, 1, 48, 32), torch.zeros(1, 320, 6, 4), torch.zeros(1, 128, 12, 8)
    one, two = torch.zeros(1, 3, 96, 64), torch.zeros(1, 3, 96, 64)
    two[:, :, 48:] = 1.0
    width = bands.deep.out_channels + 3
    apart = [bands(deep, fine, mask, rgb)[0, 3 * width : 6 * width].abs().sum() for rgb in (one, two)]
    assert apart[0] < 1e-4 < apart[1]


def test_the_judges_do_not_bend_masks_nor_the_question_of_what_is_up_the_encoder():
    net = DressNet()
    out = net(torch.rand(1, 3, 96, 64) * 255)
    out.presence.sum().backward(retain_graph=True)
    assert net.shape.weight.grad is None and net.parts.weight.grad is None
    net.zero_grad()
    out.turned.sum().backward()
    assert all(p.grad is None for p in net.encoder.parameters())


def test_an_earlier_checkpoint_answers_as_it_did(tmp_path):
    torch.manual_seed(0)
    net = DressNet().eval()
    state = net.state_dict()
    old = {k.replace("presence.attend", "attend").replace("presence.judge", "judge"): v for k, v in state.items()}
    old = {k: v for k, v in old.items() if not k.startswith(("turned.", "presence.bands."))}
    kinds = 2 * 320 + 96 + 2 * 13  # of evidence that a judge saw before there were bands
    old["judge.1.weight"] = old["judge.1.weight"][:, :kinds].clone()
    torch.save({"model": {k: v.half() for k, v in old.items()}, "network": "dressnet"}, tmp_path / "old.pt")
    _, again = restore(tmp_path / "old.pt")
    rgb = torch.rand(1, 3, 96, 64) * 255
    with torch.no_grad():
        assert torch.allclose(net(rgb).shape, again(rgb).shape, atol=2e-2)
    assert torch.equal(again.presence.judge[1].weight[:, :kinds], old["judge.1.weight"].half().float())


def test_the_average_follows_the_network():
    average, net = nn.Linear(2, 1), nn.Linear(2, 1)
    expected = 0.75 * average.weight.data + 0.25 * net.weight.data
    update_ema(average, net, 0.75)
    assert torch.allclose(average.weight.data, expected)
