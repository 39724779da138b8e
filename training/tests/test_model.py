import numpy as np
import pytest
import torch
from torch import nn

import losses
from augment import Example
from data import DRESS, PART, PARTS, SKIN
from model import NETWORKS, ArticleUNet, DressNet, Encoder, build
from train import collate


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
