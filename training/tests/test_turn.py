import numpy as np
import torch

from calibration import turned_figures
from data import Sample
from inference import turned_logits
from model import DressNet, TurnHead
from turn import fit, turned_features


def test_the_same_photo_turned_gives_features_turned_clockwise():
    torch.manual_seed(0)
    net = DressNet().eval()
    for conv in net.encoder.convs():  # without the supplied weights: keep the signal alive
        torch.nn.init.kaiming_normal_(conv.weight, nonlinearity="relu")
    photo = np.random.default_rng(0).integers(0, 255, (96, 64, 3)).astype(np.uint8)
    sample = Sample("x", photo)
    seen = turned_features(net, [sample], seed=1)
    assert [quarters for _, quarters in seen] == [0, 1, 2, 3]
    shapes = [tuple(deep.shape[2:]) for deep, _ in seen]
    assert shapes[0] == shapes[2] and shapes[1] == shapes[3] == shapes[0][::-1]
    logits, truth = turned_logits(net, [sample])
    assert logits.shape == (4, 4) and truth.tolist() == [0, 1, 2, 3]


def test_the_head_tells_all_four_turns_of_a_mark_at_the_top():
    torch.manual_seed(0)
    rng = np.random.default_rng(0)
    seen = []
    for _ in range(60):
        upright = np.abs(rng.normal(0, 0.3, (8, 6, 5)))
        upright[0, 1:5, 0] = 4.0  # a head
        for quarters in range(4):
            turned = np.ascontiguousarray(np.rot90(upright, -quarters))
            seen.append((torch.from_numpy(turned).permute(2, 0, 1)[None].half(), quarters))
    head = TurnHead(5)
    fit(head, seen[:160], epochs=30, rate=1e-2, batch=16, seed=0)
    with torch.no_grad():
        logits = np.stack([head(deep.float())[0].numpy() for deep, _ in seen[160:]])
    truth = np.array([quarters for _, quarters in seen[160:]])
    assert turned_figures(logits, truth, upright=0.0) == {"found": 1.0, "wronged": 0.0}


def test_a_strong_prior_leaves_upright_photos_alone():
    logits, truth = np.array([[0.0, 1.0, 0, 0], [0.0, 5.0, 0, 0]]), np.array([0, 1])
    assert turned_figures(logits, truth, upright=0.0) == {"found": 1.0, "wronged": 1.0}
    assert turned_figures(logits, truth, upright=3.0) == {"found": 1.0, "wronged": 0.0}
