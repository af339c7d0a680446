"""Les saletés des registres : communes mal écrites ou inconnues, ligne en double."""

import numpy as np
import polars as pl

from rtpe_analyse.exemple.depot import Depot, ecrire_registre
from rtpe_analyse.exemple.scenario import Scenario
from rtpe_analyse.exemple.textes import sans_accents

_ETAPE = 15


def ecrire_sali(
    scenario: Scenario,
    depot: Depot,
    nom: str,
    table_propre: str,
    registre: pl.DataFrame,
    *,
    encodage: str,
    doublons: int = 0,
) -> None:
    """Écrit un registre à colonnes « Commune » et « Code Insee », quelques lignes salies.

    Args:
        scenario: le scénario.
        depot: où écrire.
        nom: nom du fichier.
        table_propre: table que le fichier alimente.
        registre: registre propre.
        encodage: encodage du fichier.
        doublons: lignes recopiées à la fin du fichier.
    """
    tirage = scenario.tirage(_ETAPE, *nom.encode())
    nombre = scenario.profil.faits
    rangs = tirage.choice(len(registre), size=2 * nombre + doublons, replace=False)
    inconnues, mal_ecrites, copiees = np.split(rangs, [nombre, 2 * nombre])
    imaginaires = scenario.noms["communes_inconnues"]
    communes = registre["Commune"].to_list()
    codes = registre["Code Insee"].to_list()
    for k, rang in enumerate(inconnues.tolist()):
        communes[rang] = codes[rang] = imaginaires[k % len(imaginaires)]
        depot.noter(nom, rang + 2, table_propre, "commune_inconnue")
    for rang in mal_ecrites.tolist():
        codes[rang] = sans_accents(communes[rang])
        depot.noter(nom, rang + 2, table_propre, "nom_de_lieu")
    sali = registre.with_columns(pl.Series("Commune", communes), pl.Series("Code Insee", codes))
    for k in range(doublons):
        depot.noter(nom, len(registre) + 2 + k, table_propre, "doublon_exact")
    ecrire_registre(depot, nom, pl.concat([sali, registre[copiees]]), encodage=encodage)
