"""Les registres des familles, par logiciel : enfants, familles, contrats."""

import numpy as np
import polars as pl

from rtpe_analyse.exemple.contrats import SECTIONS, Contrats
from rtpe_analyse.exemple.depot import ENCODAGE, Depot, ecrire_registre
from rtpe_analyse.exemple.enfants import TYPES, ordinal
from rtpe_analyse.exemple.fautes import ContratsEcrits
from rtpe_analyse.exemple.personnes import tranche
from rtpe_analyse.exemple.reseau import JOUR, Etablissement
from rtpe_analyse.exemple.salissures_registres import ecrire_sali
from rtpe_analyse.exemple.scenario import Scenario
from rtpe_analyse.exemple.textes import date_fr, heure, oui_non
from rtpe_analyse.nomenclatures import liste_fermee

_ETAPE = 10
_JOURS = ("Lundi", "Mardi", "Mercredi", "Jeudi", "Vendredi")
ESPACES = ("berceau", "ribambelle")


def coder(
    scenario: Scenario, contrats: Contrats, enfants: pl.DataFrame, familles: pl.DataFrame
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Donne à chacun ses identifiants dans chaque logiciel qui l'a connu.

    Returns:
        Enfants (`code_berceau`, `code_ribambelle`, absents si le logiciel ne l'a pas connu) et
        familles (mêmes colonnes, et `allocataire_ecrit`).
    """
    tirage = scenario.tirage(_ETAPE)
    bascule = ordinal(scenario.profil.bascule)
    connus = {
        "berceau": contrats.enfant[contrats.fin < bascule],
        "ribambelle": contrats.enfant[contrats.debut >= bascule],
    }
    rangs = {espace: tirage.permutation(len(enfants)) for espace in ESPACES}
    foyers = {espace: tirage.permutation(len(familles)) for espace in ESPACES}
    for espace, prefixe in zip(ESPACES, ("B", "R"), strict=True):
        numeros = pl.Series(rangs[espace] + 100_000).cast(pl.String)
        suivis = pl.Series(np.unique(connus[espace]).astype(np.int32))
        enfants = enfants.with_columns(
            pl.when(pl.col("enfant").is_in(suivis.implode()))
            .then(pl.concat_str(pl.lit(prefixe), numeros))
            .alias(f"code_{espace}")
        )
        numeros = pl.Series(foyers[espace] + 200_000).cast(pl.String)
        leurs = enfants.filter(pl.col(f"code_{espace}").is_not_null())["famille"].unique()
        familles = familles.with_columns(
            pl.when(pl.col("famille").is_in(leurs.implode()))
            .then(pl.concat_str(pl.lit(f"F{prefixe}"), numeros))
            .alias(f"code_{espace}")
        )
    cles = pl.Series([chr(65 + k) for k in tirage.integers(0, 26, len(familles))])
    familles = familles.with_columns(
        allocataire_ecrit=pl.concat_str("matricule", cles, separator=" ")
    )
    return enfants, familles


def ecrire_familles(
    scenario: Scenario,
    depot: Depot,
    reseau: list[Etablissement],
    ecrits: ContratsEcrits,
    enfants: pl.DataFrame,
    familles: pl.DataFrame,
) -> None:
    """Écrit `enfants_*`, `familles_*` et `contrats_*` de chaque logiciel utilisé."""
    bascule, contrats = ordinal(scenario.profil.bascule), ecrits.contrats
    for espace in ESPACES:
        siens = contrats.debut >= bascule if espace == "ribambelle" else contrats.fin < bascule
        if not siens.any():
            continue
        code = pl.col(f"code_{espace}")
        inscrits = enfants.filter(code.is_not_null())
        foyers = familles.filter(code.is_not_null())
        ecrire_registre(
            depot, f"enfants_{espace}.csv", _enfants(scenario, inscrits, foyers, espace)
        )
        ecrire_sali(
            scenario,
            depot,
            f"familles_{espace}.csv",
            "familles",
            _familles(scenario, foyers, espace),
            encodage=ENCODAGE,
        )
        ecrire_registre(
            depot,
            f"contrats_{espace}.csv",
            _contrats(reseau, contrats.garder(siens), enfants, espace),
        )
        for rang, code_faute in enumerate(ecrits.fautes[siens].tolist()):
            if code_faute:
                table = "plannings" if code_faute == "planning_hors_ouverture" else "contrats"
                depot.noter(f"contrats_{espace}.csv", rang + 2, table, code_faute)


def _enfants(
    scenario: Scenario, enfants: pl.DataFrame, familles: pl.DataFrame, espace: str
) -> pl.DataFrame:
    tirage = scenario.tirage(_ETAPE, ESPACES.index(espace) + 1)
    nombre = len(familles)
    voies = np.array(scenario.noms["voies"])[
        tirage.integers(0, len(scenario.noms["voies"]), nombre)
    ]
    communes = dict(scenario.communes.select("code", "nom").iter_rows())
    postes = dict(scenario.communes.select("code", "code_postal").iter_rows())
    foyers = familles.select(
        "famille",
        code_famille=f"code_{espace}",
        allocataire="allocataire_ecrit",
        adresse=pl.concat_str(
            pl.Series(tirage.integers(1, 99, nombre)).cast(pl.String),
            pl.Series(voies),
            pl.col("commune").replace_strict(postes),
            pl.col("commune").replace_strict(communes),
            separator=" ",
        ),
        # Plage de numéros réservée aux œuvres de fiction.
        telephone=pl.concat_str(
            pl.lit("06 39 98 "),
            pl.Series([f"{a:02d} {b:02d}" for a, b in tirage.integers(0, 100, (nombre, 2))]),
        ),
    )
    return enfants.join(foyers, on="famille", maintain_order="left").select(
        pl.col(f"code_{espace}").alias("Code enfant"),
        pl.col("code_famille").alias("Code famille"),
        pl.col("nom").alias("Nom"),
        pl.col("prenom").alias("Prénom"),
        date_fr("naissance").alias("Date de naissance"),
        pl.col("allocataire").alias("N° allocataire"),
        oui_non("besoin").alias("Besoin particulier"),
        pl.col("adresse").alias("Adresse"),
        pl.col("telephone").alias("Téléphone"),
        pl.concat_str(pl.lit("famille."), "code_famille", pl.lit("@courriel.invalid")).alias(
            "Courriel"
        ),
    )


def _familles(scenario: Scenario, familles: pl.DataFrame, espace: str) -> pl.DataFrame:
    noms = dict(scenario.communes.select("code", "nom").iter_rows())
    debut = scenario.profil.premier_jour
    avant = familles.with_columns(valide_du=pl.lit(debut), valide_au=pl.col("demenage_le") - JOUR)
    apres = familles.filter(pl.col("demenage_le").is_not_null()).with_columns(
        commune="commune_suivante",
        iris=pl.lit(None, pl.String),
        qpv=pl.lit(None, pl.Boolean),
        valide_du="demenage_le",
        valide_au=pl.lit(None, pl.Date),
    )
    return (
        pl.concat([avant, apres])
        .sort("famille", "valide_du")
        .select(
            pl.col(f"code_{espace}").alias("Code famille"),
            date_fr("valide_du").alias("Valide du"),
            date_fr("valide_au").alias("Valide au"),
            pl.col("commune").replace_strict(noms).alias("Commune"),
            pl.col("commune").alias("Code Insee"),
            pl.col("iris").alias("IRIS"),
            oui_non("qpv").alias("QPV"),
            pl.col("enfants_a_charge").alias("Enfants à charge"),
            tranche(pl.col("ressources")).alias("Tranche de ressources"),
            oui_non("monoparentale").alias("Monoparentale"),
            oui_non("parents_actifs").alias("Parents actifs"),
        )
    )


def _contrats(
    reseau: list[Etablissement], contrats: Contrats, enfants: pl.DataFrame, espace: str
) -> pl.DataFrame:
    codes = dict(enfants.select("enfant", f"code_{espace}").iter_rows())
    types = liste_fermee("types_accueil")
    duree = (contrats.fin_min - contrats.debut_min) * contrats.jours.sum(axis=1)
    prefixe = f"C{espace[0].upper()}"
    colonnes: dict[str, pl.Series] = {
        "N° contrat": pl.Series([f"{prefixe}{n + 1:06d}" for n in range(len(contrats))]),
        "Code enfant": pl.Series([codes[e] for e in contrats.enfant.tolist()]),
        "Code établissement": pl.Series([e.code for e in reseau]).gather(contrats.etablissement),
        "Section": pl.Series(SECTIONS).gather(contrats.section),
        "Type d'accueil": pl.Series([types[t] for t in TYPES]).gather(contrats.genre),
        "Début": pl.Series(contrats.debut.astype(np.int32)).cast(pl.Date).dt.strftime("%d/%m/%Y"),
        "Fin": pl.Series(contrats.fin.astype(np.int32)).cast(pl.Date).dt.strftime("%d/%m/%Y"),
        "Semaines par an": pl.Series(contrats.semaines),
        "Heures par semaine": pl.Series([f"{m / 60:.2f}".replace(".", ",") for m in duree]),
    }
    debuts = heure(pl.Series(contrats.debut_min.astype(np.int32)))
    fins = heure(pl.Series(contrats.fin_min.astype(np.int32)))
    for rang, jour in enumerate(_JOURS):
        hors = pl.Series(~contrats.jours[:, rang])
        colonnes[f"{jour} début"] = debuts.set(hors, None)
        colonnes[f"{jour} fin"] = fins.set(hors, None)
    return pl.DataFrame(colonnes)
