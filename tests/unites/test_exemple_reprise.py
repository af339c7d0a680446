"""L'exemple ne se refait que s'il change, et n'efface jamais de vraies données."""

from pathlib import Path

import pytest

from rtpe_analyse.chemins import Lieux
from rtpe_analyse.erreurs import ErreurUsage
from rtpe_analyse.exemple import est_a_jour, oublier, retenir
from tests.conftest import lancer_rtpe

OPTIONS: dict[str, object] = {"petit": True, "graine": 1}


def test_a_jour_seulement_pour_les_memes_options(tmp_path: Path) -> None:
    lieux = Lieux(tmp_path, tmp_path / "rapports", "exemple")
    assert not est_a_jour(lieux, OPTIONS)
    lieux.depot.mkdir(parents=True)
    retenir(lieux, OPTIONS)
    assert est_a_jour(lieux, OPTIONS)
    assert not est_a_jour(lieux, {**OPTIONS, "graine": 2})
    lieux.depot.rmdir()
    assert not est_a_jour(lieux, OPTIONS)


def test_oublier_n_efface_que_le_recu_et_le_calcule_de_l_exemple(tmp_path: Path) -> None:
    lieux = Lieux(tmp_path, tmp_path / "rapports", "exemple")
    for dossier in (lieux.depot, lieux.brut, lieux.propre):
        dossier.mkdir(parents=True)
    reel = Lieux(tmp_path, tmp_path / "rapports", "reel")
    reel.brut.mkdir(parents=True)
    assert oublier(lieux)
    assert not oublier(lieux)
    assert lieux.depot.exists()
    assert reel.brut.exists()
    assert not lieux.brut.exists()
    with pytest.raises(ErreurUsage):
        oublier(reel)
    assert reel.brut.exists()


def test_la_commande_dit_a_jour_puis_refait_pour_une_autre_graine(tmp_path: Path) -> None:
    ou = ("--petit", "--donnees", str(tmp_path))
    assert "enfants-jours" in lancer_rtpe("exemple", *ou).stdout
    assert "à jour" in lancer_rtpe("exemple", *ou).stdout
    refaite = lancer_rtpe("exemple", *ou, "--graine", "7")
    assert "enfants-jours" in refaite.stdout
    assert "à jour" not in refaite.stdout
