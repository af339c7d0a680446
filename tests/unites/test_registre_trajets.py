"""Des temps de trajet reçus par la porte commune deviennent une table propre."""

from datetime import date
from pathlib import Path

from rtpe_analyse import sources
from rtpe_analyse.chemins import Lieux
from rtpe_analyse.nettoyage.chaine import nettoyer
from rtpe_analyse.propres import lire_propre

TRAJETS = (
    "Zone de départ;Lieu d'arrivée;Temps (min)\n010040101;E001;12,5\n01004;01004;0\n01004;;7\n"
)


def test_reconnus_types_et_comptes(tmp_path: Path) -> None:
    lieux = Lieux(tmp_path / "donnees", tmp_path / "rapports", "exemple")
    fichier = tmp_path / "trajets_2026.csv"
    fichier.write_text(TRAJETS, encoding="utf-8")
    (retour,) = sources.recevoir([fichier], lieux, recu_le=date(2026, 10, 1))
    assert (retour.etat, retour.source) == ("recu", "registre_trajets")
    bilan = nettoyer(lieux)
    # Une ligne sans lieu d'arrivée est rejetée, et comptée.
    assert bilan.table.select("lues", "propres", "rejetees").rows() == [(3, 2, 1)]
    propres = lire_propre(lieux, "trajets").select("zone", "lieu", "minutes").collect()
    assert set(propres.rows()) == {("010040101", "E001", 12.5), ("01004", "01004", 0.0)}
