"""Calculer les indicateurs, famille par famille, et ne refaire que ce qui en dépend.

Pendant qu'une famille se calcule, les tables propres qu'elle lit sont notées : elle n'est
refaite que si l'une d'elles, le référentiel, la date d'arrêté ou le programme a changé.
"""

import json
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from rtpe_analyse import __version__, propres
from rtpe_analyse.chemins import Lieux
from rtpe_analyse.cli.affichage import avancement, dire
from rtpe_analyse.erreurs import ErreurDonneesManquantes
from rtpe_analyse.etapes import empreinte_code, lire_temoin, marquer, raisons_de_refaire
from rtpe_analyse.modeles import Niveau
from rtpe_analyse.parallele import appliquer
from rtpe_analyse.schemas import TABLES
from rtpe_analyse.tableaux import (
    ecrire_parquet,
    ecrire_texte,
    empreinte_fichier,
    empreinte_octets,
    lire_parquets,
)

if TYPE_CHECKING:
    from rtpe_analyse.sources import Fiche

NIVEAUX: tuple[Niveau, ...] = ("interne", "diffusion")
CONTEXTE = "contexte"
_CODE = (
    *("indicateurs", "secret", "reglementation", "nomenclatures"),
    *("schemas.py", "schema_modele.py", "schemas_publics.py", "propres.py", "cli/calcul.py"),
)
_TABLE = "table "
# En octets de pointages propres ; en dessous, démarrer des processus coûte plus que le gain.
_POIDS_A_PARTAGER = 5_000_000
_JAMAIS = 1_000
_LONGUES = ("cascade", "contrats", "profil", "alertes")
_CONTROLES = ("bilan_nettoyage.parquet", "verdicts.parquet")

Ingredients = dict[str, str]


class EtatDesCalculs:
    """Ce dont chaque famille d'indicateurs dépend aujourd'hui, et ce qui a changé.

    Args:
        lieux: dossiers du jeu.
        fiches: fiches de tous les fichiers reçus.
    """

    def __init__(self, lieux: Lieux, fiches: list["Fiche"]) -> None:
        from rtpe_analyse.indicateurs import FAMILLES, meneuses

        self._lieux = lieux
        self.le = max(fiche.recu_le for fiche in fiches)
        self.familles = tuple(FAMILLES)
        self.meneuses = {famille: meneuses(famille) for famille in FAMILLES}
        self._tables = {table: _empreinte_table(lieux, table) for table in TABLES}
        arrets = propres.chemin_arrets(lieux)
        self._communs = {
            **_empreintes("référentiel ", sorted(lieux.referentiel.glob("*.csv"))),
            **_empreintes("", [arrets] if arrets.exists() else []),
            "date d'arrêté": self.le.isoformat(),
            "programme": empreinte_code(*_CODE),
        }
        self._bruts = empreinte_octets("\n".join(sorted(f.empreinte for f in fiches)).encode())

    def temoin(self, etape: str) -> Path:
        """Témoin d'une famille, ou du contexte."""
        return self._lieux.travail / "calcul" / f"{etape}.json"

    def ingredients(self, tables: set[str]) -> Ingredients:
        """Ingrédients d'une famille qui lit ces tables propres."""
        lues = {f"{_TABLE}{table}": self._tables[table] for table in sorted(tables)}
        return {**lues, **self._communs}

    def ingredients_du_contexte(self) -> Ingredients:
        """Ingrédients des zones, des définitions, de la qualité et de la trace."""
        suivis = [c for nom in _CONTROLES if (c := self._lieux.travail / nom).exists()]
        constats = sorted(self._lieux.constats.glob("*/*.parquet"))
        return {
            **self.ingredients(set(TABLES)),
            **_empreintes("", suivis),
            **_empreintes("référentiel ", sorted(self._lieux.referentiel.glob("*.geojson"))),
            "constats": empreinte_octets("".join(map(empreinte_fichier, constats)).encode()),
            "fichiers reçus": self._bruts,
        }

    def raisons(self, famille: str) -> list[str]:
        """Ce qui oblige à recalculer une famille ; rien si elle est à jour."""
        if not all(_sortie(self._lieux, niveau, famille).exists() for niveau in NIVEAUX):
            return ["jamais fait"]
        connus = lire_temoin(self.temoin(famille)) or {}
        tables = {nom.removeprefix(_TABLE) for nom in connus if nom.startswith(_TABLE)}
        siennes = raisons_de_refaire(self.temoin(famille), self.ingredients(tables & set(TABLES)))
        # Une famille dont une autre commande les masques est refaite avec elle.
        return siennes or [f"famille {m}" for m in self.meneuses[famille] if self.raisons(m)]

    def raisons_du_contexte(self) -> list[str]:
        """Ce qui oblige à récrire le contexte ; rien s'il est à jour."""
        return raisons_de_refaire(self.temoin(CONTEXTE), self.ingredients_du_contexte())


def calculer(lieux: Lieux, fiches: "list[Fiche] | None" = None) -> None:
    """Calcule les familles qui ne sont plus à jour, applique le secret, écrit deux niveaux.

    Rien de non protégé n'est écrit sur le disque.

    Args:
        lieux: dossiers du jeu.
        fiches: celles de `sources.lister_fiches`, si elles viennent d'être lues.

    Raises:
        ErreurDonneesManquantes: si aucune activité n'a été reçue.
    """
    from rtpe_analyse import sources

    if propres.lire_admis(lieux, "etablissements").limit(1).collect().is_empty():
        raise ErreurDonneesManquantes(
            f"Aucun établissement utilisable n'a été reçu dans {lieux.racine}.",
            "Recevoir au moins le registre des établissements, l'agrément et l'activité : "
            "rtpe recevoir DOSSIER. Pour essayer : rtpe exemple --petit.",
        )
    fiches = sources.lister_fiches(lieux) if fiches is None else fiches
    etat = EtatDesCalculs(lieux, fiches)
    a_faire = [famille for famille in etat.familles if etat.raisons(famille)]
    contexte = etat.raisons_du_contexte()
    if not a_faire and not contexte:
        dire("Indicateurs : à jour.")
        return
    _effacer_les_anciennes(lieux, etat.familles)
    for famille in a_faire:
        etat.temoin(famille).unlink(missing_ok=True)
    lignes = 0
    menees = [famille for famille in a_faire if etat.meneuses[famille]]
    menantes = [famille for famille in a_faire if famille not in menees]
    with avancement("Calcul") as avancer:
        faites = (
            faite
            for vague in (menantes, menees)
            for faite in appliquer(
                _calculer, (lieux, etat.le), _longues_d_abord(vague), seuil=_seuil(lieux)
            )
        )
        for rang, (famille, (nombre, tables)) in enumerate(faites):
            lignes += nombre
            marquer(etat.temoin(famille), etat.ingredients(tables))
            avancer(famille, rang + 1, len(a_faire))
    if contexte:
        _ecrire_contexte(lieux, fiches, etat.le)
        marquer(etat.temoin(CONTEXTE), etat.ingredients_du_contexte())
    gardees = len(etat.familles) - len(a_faire)
    dire(
        f"Indicateurs : {lignes} valeurs en {len(a_faire)} familles, secret appliqué"
        + (f" ; {gardees} familles déjà à jour." if gardees else ".")
    )


def _calculer(contexte: tuple[Lieux, date], famille: str) -> tuple[int, set[str]]:
    """Calcule, protège et écrit une famille : nombre de lignes, tables propres lues."""
    from rtpe_analyse import indicateurs, secret

    lieux, le = contexte
    with propres.tables_lues() as tables:
        table = indicateurs.calculer_famille(lieux, famille, le)
    for niveau in NIVEAUX:
        autres = [_sortie(lieux, niveau, m) for m in indicateurs.meneuses(famille)]
        protegee = secret.proteger(table, niveau, le, lire_parquets(autres))
        ecrire_parquet(_sortie(lieux, niveau, famille), protegee)
    return len(table), tables


def _seuil(lieux: Lieux) -> int:
    """Au-delà d'un petit réseau, le secret (un seul cœur) gagne à se partager."""
    poids = sum(f.stat().st_size for f in propres.partitions(lieux, "pointages").values())
    return 2 if poids > _POIDS_A_PARTAGER else _JAMAIS


def _longues_d_abord(familles: list[str]) -> list[str]:
    return sorted(familles, key=lambda f: f not in _LONGUES)


def _sortie(lieux: Lieux, niveau: Niveau, famille: str) -> Path:
    return lieux.indicateurs / niveau / f"{famille}.parquet"


def _empreinte_table(lieux: Lieux, table: str) -> str:
    partitions = propres.partitions(lieux, table)
    texte = "\n".join(f"{nom} {empreinte_fichier(f)}" for nom, f in partitions.items())
    return empreinte_octets(texte.encode())


def _empreintes(prefixe: str, fichiers: list[Path]) -> Ingredients:
    return {f"{prefixe}{f.name}": empreinte_fichier(f) for f in fichiers}


def _effacer_les_anciennes(lieux: Lieux, familles: tuple[str, ...]) -> None:
    """Une famille retirée du catalogue ne doit plus se lire."""
    for niveau in NIVEAUX:
        for fichier in (lieux.indicateurs / niveau).glob("*.parquet"):
            if fichier.stem not in familles:
                fichier.unlink()


def _ecrire_contexte(lieux: Lieux, fiches: list["Fiche"], le: date) -> None:
    """Ce que les carnets doivent savoir en plus : zones, définitions, ruptures, qualité, trace."""
    from rtpe_analyse import indicateurs, sources

    origines = {
        f.empreinte_courte: indicateurs.Origine(d.producteur, d.libelle)
        for f in fiches
        for d in [sources.descripteur_de(f)]
    }

    ecrire_parquet(lieux.indicateurs / "zones.parquet", indicateurs.construire_zones(lieux))
    for nom, contenu in (
        ("definitions", indicateurs.definitions()),
        ("qualite", indicateurs.resume_qualite(lieux)),
        ("contours", indicateurs.contours_des_zones(lieux)),
        ("zonages", indicateurs.composition_des_zonages(lieux, le)),
        (
            "ruptures",
            [
                *indicateurs.changements_de_logiciel(lieux, origines),
                *indicateurs.changements_de_territoire(lieux),
            ],
        ),
        (
            "trace",
            {
                "version": __version__,
                "jeu": lieux.jeu,
                "recu_le": le.isoformat(),
                "bruts": sorted(fiche.empreinte for fiche in fiches),
                "regles": indicateurs.regles_utilisees(le),
            },
        ),
    ):
        texte = json.dumps(contenu, ensure_ascii=False, indent=1, sort_keys=True)
        ecrire_texte(lieux.indicateurs / f"{nom}.json", texte)
