"""Difficulté du moment de l'année : par l'arithmétique, et ce qui n'en est que du bruit."""

import numpy as np
import pytest

from rtpe_analyse.methodes.concurrentes import DERNIER
from rtpe_analyse.methodes.difficulte import Difficultes

CYCLE = 4


def _notee(valeurs: list[list[float]]) -> Difficultes:
    difficultes = Difficultes(CYCLE, 1)
    difficultes.noter(np.array(valeurs), {})
    return difficultes


def test_la_difficulte_est_l_erreur_du_meme_moment_de_l_an_dernier() -> None:
    """Une série : 0, 0, 0, 30, 30, à une échéance, du dernier niveau connu.

    Erreurs absolues aux dates 1 à 4 : 0, 0, 30, 0, ordinaire 30 / 4 = 7,5. Date 3 : tirée vers
    l'ordinaire par quatre erreurs, (30 + 4 × 7,5) / (1 + 4) = 12, soit 1,6 fois l'ordinaire.
    À la date 7, un an après : ln 1,6 = 0,47 ; carré 0,22, sous 4 × 0,25 : ce n'est pas cru.
    """
    difficultes = _notee([[0, 0, 0, 30, 30]])
    assert difficultes.reduire(DERNIER, 0, 7, [2, 3]) == (1.0, pytest.approx([1.0, 1.0]))


def test_un_panel_entier_qui_bouge_au_meme_moment_est_cru() -> None:
    """Cent séries : ±40 à la date 3, ±1 aux trois autres.

    Ordinaire : (1 + 1 + 40 + 1) / 4 = 10,75. Date 3 : (4000 + 4 × 10,75) / 104 / 10,75 = 3,616 ;
    ln = 1,2854, carré 1,6522 ; cru pour 1 − 1 / 1,6522 = 0,3948 : exp(0,5074) = 1,661.
    """
    signes = np.where(np.arange(100) % 2, 1.0, -1.0)[:, None]
    pas = np.array([0.0, 1.0, 1.0, 40.0, 1.0])
    difficultes = _notee((signes * pas.cumsum()).tolist())
    du_jour, passees = difficultes.reduire(DERNIER, 0, 3 + CYCLE, [3])
    assert du_jour == pytest.approx(1.661, abs=0.002)
    # La première année n'a pas d'an dernier : sa propre erreur la réduit, d'autant.
    assert passees == pytest.approx([du_jour])


def test_sans_an_dernier_il_n_y_a_pas_de_difficulte() -> None:
    difficultes = _notee([[1.0, 2.0, 3.0]])
    assert not difficultes.eprouvee(DERNIER, 0, 3)
    assert difficultes.reduire(DERNIER, 0, 3, [1, 2]) == (1.0, pytest.approx([1.0, 1.0]))


def test_une_serie_constante_n_a_pas_de_difficulte() -> None:
    difficultes = _notee([[5.0] * 10])
    assert difficultes.reduire(DERNIER, 0, 8, [3]) == (1.0, pytest.approx([1.0]))
