"""Valeurs ajoutées par l'utilisateur : lues sans toucher au paquet, année par année."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from rtpe_analyse import etapes
from rtpe_analyse.erreurs import ErreurReglementation
from rtpe_analyse.reglementation import prix_plafond, valeurs

PRIX = """\
theme: psu
valeurs:
  prix_plafond_bas_eur:
    - effet: 2025-01-01
      valeur: 10.00
      reference: "Barème d'essai"
      certitude: lu
      verifie_le: 2025-02-01
  prix_plafond_haut_eur:
    - effet: 2025-01-01
      valeur: 7.40
      reference: "Barème d'essai"
      certitude: lu
      verifie_le: 2025-02-01
"""


@pytest.fixture
def complements(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setattr(valeurs, "COMPLEMENTS", tmp_path)
    monkeypatch.setattr(etapes, "COMPLEMENTS", tmp_path)
    valeurs._series.cache_clear()
    etapes.empreinte_code.cache_clear()
    yield tmp_path
    valeurs._series.cache_clear()
    etapes.empreinte_code.cache_clear()


def test_un_prix_ajoute_sert_et_ne_se_reporte_pas(complements: Path) -> None:
    (complements / "psu.yaml").write_text(PRIX, encoding="utf-8")
    # 10 + (7,40 − 10) × 3 / 13 = 9,40
    assert prix_plafond(110, date(2025, 12, 31)) == pytest.approx(Decimal("9.40"))
    for jour in (date(2024, 12, 31), date(2026, 1, 1)):
        with pytest.raises(ErreurReglementation, match=str(jour.year)) as refus:
            prix_plafond(100, jour)
        assert "donnees/reglementation/psu.yaml" in refus.value.remede
        assert "Barème annuel Cnaf « Prestations de service »" in refus.value.remede


def test_un_complement_mal_ecrit_est_refuse(complements: Path) -> None:
    (complements / "psu.yaml").write_text(PRIX.replace("theme: psu", "theme: bonus"))
    with pytest.raises(ErreurReglementation, match="déclare"):
        prix_plafond(110, date(2025, 12, 31))


def test_un_complement_change_l_empreinte_des_calculs(complements: Path) -> None:
    avant = etapes.empreinte_code("reglementation")
    (complements / "psu.yaml").write_text(PRIX, encoding="utf-8")
    etapes.empreinte_code.cache_clear()
    assert etapes.empreinte_code("reglementation") != avant
