"""De quoi ouvrir un rapport sur des indicateurs dessinés à la main."""

from pathlib import Path

import pytest

from rtpe_analyse.restitution import ouvrir
from tests.unites.outils_restitution import PERIODE, Ouvrir, ecrire_dossier


@pytest.fixture
def monde(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Ouvrir:
    """Écrit un dossier et rend de quoi l'ouvrir."""

    def fabriquer(lignes: list[dict], **options: object) -> Ouvrir:
        contenus = {k: options.pop(k) for k in ("qualite", "trace") if k in options}
        dossier = ecrire_dossier(tmp_path, lignes, **contenus)  # type: ignore[arg-type]
        monkeypatch.setenv("RTPE_DONNEES", str(dossier))
        zone = {} if "etablissement" in options else {"territoire": "T1"}
        choix = {**zone, "periode": PERIODE, "edition": "2026-10-15", **options}
        return ouvrir(**choix)  # type: ignore[arg-type]

    return fabriquer
