"""Le plus petit mouvement qui rend une cellule masquée incertaine."""

from types import SimpleNamespace

import pytest

from rtpe_analyse.secret import deplacement
from rtpe_analyse.secret.deplacement import Mouvements

# Un total (rang 0) et ses trois parts : une seule somme.
_SOMMES = [[0], [0], [0], [0]]
_SIGNES = [[-1.0], [1.0], [1.0], [1.0]]


def un_total(*effectifs: int) -> Mouvements:
    return Mouvements(effectifs, _SOMMES, _SIGNES)


def test_une_part_de_plus_et_la_plus_petite() -> None:
    """53 = 3 + 20 + 30 : la part 3 bouge si 20 bouge en sens inverse."""
    assert un_total(53, 3, 20, 30).touchees(1, {1}) == {2}


def test_ce_qui_est_deja_masque_suffit() -> None:
    assert un_total(53, 3, 20, 30).touchees(1, {1, 3}) == set()


def test_sans_autre_part_le_total_bouge() -> None:
    """Les deux autres sont à zéro : connues, elles ne bougent pas."""
    assert un_total(3, 3, 0, 0).touchees(1, {1}) == {0}


def test_un_rectangle_en_deux_dimensions() -> None:
    """Deux lignes et deux colonnes de totaux lisibles : trois cases de plus (cas n° 54)."""
    sommes = [[0, 2], [0, 3], [1, 2], [1, 3], [0], [1], [2], [3]]
    signes = [[1.0, 1.0]] * 4 + [[-1.0]] * 4
    mouvements = Mouvements((3, 20, 25, 30, 23, 55, 28, 50), sommes, signes)
    assert mouvements.touchees(0, {0}) == {1, 2, 3}


def test_une_somme_qui_ne_tient_pas_ne_masque_rien() -> None:
    """Un total de trois enfants dont toutes les parts sont vides : rien ne le fait bouger."""
    assert un_total(3, 0, 0, 0).touchees(0, {0}) == set()


def test_un_calcul_qui_n_aboutit_pas_masque_tout(monkeypatch: pytest.MonkeyPatch) -> None:
    """Plutôt tout cacher que laisser lire."""
    monkeypatch.setattr(deplacement, "linprog", lambda *_, **__: SimpleNamespace(status=4))
    assert un_total(53, 3, 20, 30).touchees(1, {1}) == {0, 2, 3}
