"""Un enfant suivi d'un logiciel à l'autre garde son pseudonyme d'appariement."""

import tempfile
import unicodedata
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from rtpe_analyse.chemins import Lieux
from rtpe_analyse.nettoyage import nettoyer
from rtpe_analyse.propres import lire_propre
from rtpe_analyse.sources import recevoir
from tests.unites.essais_nettoyage import RECU_LE

DESCRIPTEUR = """
code: enfants_{logiciel}
libelle: Enfants de {logiciel}
producteur: "{logiciel} (fictif)"
format: csv
csv: {{separateur: ";"}}
espace_identifiants: {logiciel}
porte:
  identifiant_enfant: {{alias: [Code enfant], cle: true}}
  nom: {{alias: [Nom], cle: true}}
  prenom: {{alias: [Prénom], cle: true}}
  naissance: {{alias: [Naissance], formats: [jj/mm/aaaa], cle: true}}
tables:
  enfants:
    colonnes:
      enfant: {{porte: enfant}}
      appariement: {{porte: appariement}}
      mois_naissance: {{porte: mois_naissance}}
"""
_LETTRES = "abcdefghijklmnopqrstuvwxyzéèêëïîôöùüçñ"
NOM = st.lists(st.text(_LETTRES, min_size=2, max_size=8), min_size=1, max_size=2)


def _autrement(mots: list[str]) -> str:
    """Le même nom, comme un autre logiciel l'écrit : capitales sans accent, tirets."""
    decompose = unicodedata.normalize("NFKD", "-".join(mots))
    return "".join(c for c in decompose if not unicodedata.combining(c)).upper()


@given(NOM, NOM, st.dates(min_value=RECU_LE.replace(year=2021), max_value=RECU_LE))
@settings(max_examples=15, deadline=None)
def test_un_enfant_suivi_d_un_logiciel_a_l_autre(
    nom: list[str], prenom: list[str], naissance: object
) -> None:
    ecritures = {
        "berceau": f"17;{' '.join(nom).title()};{' '.join(prenom).title()};{naissance:%d/%m/%Y}",
        "ribambelle": f"17; {_autrement(nom)} ;{_autrement(prenom)};{naissance:%d/%m/%Y}",
    }
    with tempfile.TemporaryDirectory() as brut:
        dossier = Path(brut)
        lieux = Lieux(dossier / "donnees", dossier / "rapports", "exemple")
        for logiciel, ligne in ecritures.items():
            descripteur = dossier / f"{logiciel}.yaml"
            descripteur.write_text(DESCRIPTEUR.format(logiciel=logiciel), encoding="utf-8")
            fichier = dossier / f"enfants_{logiciel}.csv"
            fichier.write_text(f"Code enfant;Nom;Prénom;Naissance\n{ligne}\n", encoding="utf-8")
            recevoir([fichier], lieux, descripteur=descripteur, recu_le=RECU_LE)
        nettoyer(lieux)
        enfants = lire_propre(lieux, "enfants").collect()
    assert enfants.height == 2
    assert enfants["appariement"].n_unique() == 1
    # Le même numéro dans deux logiciels n'est pas le même enfant.
    assert enfants["enfant"].n_unique() == 2
    assert enfants["mois_naissance"].to_list() == [naissance.replace(day=1)] * 2  # type: ignore[attr-defined]
