"""Le nettoyage de bout en bout : ce qui est nouveau est lu, le reste est repris.

Ordre : les registres d'établissements d'abord (ils font foi), puis tout le reste, puis les
tables propres, puis la vérification de la conservation.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from rtpe_analyse import sources
from rtpe_analyse.chemins import Lieux
from rtpe_analyse.etapes import empreinte_code, marquer, raisons_de_refaire
from rtpe_analyse.nettoyage.assemblage import assembler
from rtpe_analyse.nettoyage.atelier import Atelier
from rtpe_analyse.nettoyage.bilan import BilanNettoyage, etablir_bilan
from rtpe_analyse.nettoyage.declarees import (
    Declaree,
    empreinte_declarees,
    lire_declarees,
    verifier_utiles,
)
from rtpe_analyse.nettoyage.etats import (
    EtatFichier,
    chemin_temoin,
    effacer_sorties,
    fichiers_connus,
    lire_etat,
)
from rtpe_analyse.nettoyage.references import References
from rtpe_analyse.nettoyage.refus import consigner_refus
from rtpe_analyse.parallele import appliquer
from rtpe_analyse.schemas import TABLES
from rtpe_analyse.sources import Descripteur, Fiche
from rtpe_analyse.tableaux import ecrire_parquet

Progres = Callable[[str, int, int], None]
Tache = tuple[Fiche, Descripteur]
_TYPAGE = (
    *("cellules", "dates", "heures", "nombres", "valeurs", "facons", "typage", "traces"),
    *("declarees", "doublons", "references", "fichier", "etats"),
)


def nettoyer(
    lieux: Lieux, *, fiches: list[Fiche] | None = None, progres: Progres | None = None
) -> BilanNettoyage:
    """Nettoie tous les fichiers reçus d'un jeu et assemble ses tables propres.

    Un fichier n'est relu que si lui, son descripteur, les nomenclatures ou le code ont changé.
    Un fichier illisible est consigné et n'arrête pas les autres. Un brut purgé garde ses
    sorties ; une fiche disparue emporte les siennes.

    Args:
        lieux: dossiers du jeu.
        fiches: celles de `sources.lister_fiches`, si elles viennent d'être lues.
        progres: appelé avec (étape, fait, total).

    Raises:
        ErreurConservation: une ligne s'est perdue, ou une correction déclarée est sans objet.
        ErreurDescripteur: une colonne obligatoire n'est pas décrite.
        ErreurDonneesManquantes: le référentiel des communes manque.
    """
    passage = _Passage(lieux, progres or _muet)
    fiches = _une_par_contenu(sources.lister_fiches(lieux) if fiches is None else fiches)
    for fichier in set(fichiers_connus(lieux)) - {f.empreinte_courte for f in fiches}:
        effacer_sorties(lieux, fichier)
    registres, autres = _registres_d_abord(fiches)
    passage.total = len(fiches)
    passage.nettoyer(registres, References(lieux))
    partitions = passage.assembler(["etablissements"])
    passage.nettoyer(autres, References.propres(lieux))
    verifier_utiles(passage.declarees, {r for e in passage.etats for r in e.declarees})
    partitions += passage.assembler([t for t in TABLES if t != "etablissements"])
    bilan = etablir_bilan(lieux, passage.etats)
    ecrire_parquet(lieux.travail / "bilan_nettoyage.parquet", bilan)
    consigner_refus(lieux, fiches, passage.etats)
    refuses = tuple((e.nom, e.refus[1], e.refus[2]) for e in passage.etats if e.refus)
    return BilanNettoyage(passage.traites, passage.repris, refuses, tuple(partitions), bilan)


def fichiers_a_nettoyer(lieux: Lieux) -> list[tuple[str, list[str]]]:
    """Fichiers que `nettoyer` relirait, et pourquoi ; rien n'est lu ni écrit.

    Args:
        lieux: dossiers du jeu.

    Returns:
        Nom du fichier et ce qui a changé depuis son dernier nettoyage.
    """
    passage = _Passage(lieux, _muet)
    registres, autres = _registres_d_abord(_une_par_contenu(sources.lister_fiches(lieux)))
    propres = References.propres(lieux)
    groupes = ((registres, References(lieux)), (autres, propres))
    return [
        (fiche.nom, raisons)
        for taches, references in groupes
        for fiche, descripteur in taches
        if (raisons := passage.raisons(fiche, descripteur, references, passage.etat(fiche)))
    ]


def _registres_d_abord(fiches: list[Fiche]) -> tuple[list[Tache], list[Tache]]:
    taches = [(fiche, sources.descripteur_de(fiche)) for fiche in fiches]
    registres = [t for t in taches if "etablissements" in t[1].tables]
    return registres, [t for t in taches if "etablissements" not in t[1].tables]


@dataclass
class _Passage:
    lieux: Lieux
    progres: Progres
    total: int = 0
    traites: int = 0
    repris: int = 0
    etats: list[EtatFichier] = field(default_factory=list)
    declarees: tuple[Declaree, ...] = ()

    def __post_init__(self) -> None:
        self.declarees = lire_declarees(self.lieux)
        self.programme = empreinte_code(*_code_du_typage())

    def nettoyer(self, taches: list[Tache], references: References) -> None:
        a_faire = []
        for fiche, descripteur in taches:
            ancien = self.etat(fiche)
            if self.raisons(fiche, descripteur, references, ancien):
                a_faire.append((fiche, descripteur))
                continue
            self.repris += 1
            self.etats += [ancien] if ancien else []
        if any(not descripteur.publique for _, descripteur in a_faire):
            # La clé est créée ici, une fois, avant que plusieurs processus n'en aient besoin.
            sources.cle_du_jeu(self.lieux)
        atelier = Atelier(self.lieux, references, self.declarees)
        for (fiche, descripteur), etat in appliquer(Atelier.nettoyer, atelier, a_faire):
            temoin = chemin_temoin(self.lieux, fiche.empreinte_courte)
            marquer(temoin, self._ingredients(fiche, descripteur, references))
            self.etats.append(etat)
            self.traites += 1
            self.progres(fiche.nom, self.traites + self.repris, self.total)

    def etat(self, fiche: Fiche) -> EtatFichier | None:
        return lire_etat(self.lieux, fiche.empreinte_courte)

    def raisons(
        self,
        fiche: Fiche,
        descripteur: Descripteur,
        references: References,
        ancien: EtatFichier | None,
    ) -> list[str]:
        """Ce qui oblige à relire un fichier ; rien s'il est à jour, ou purgé."""
        if not fiche.chemin.exists():
            return []
        if ancien is None:
            return ["jamais fait"]
        temoin = chemin_temoin(self.lieux, fiche.empreinte_courte)
        return raisons_de_refaire(temoin, self._ingredients(fiche, descripteur, references))

    def _ingredients(
        self, fiche: Fiche, descripteur: Descripteur, references: References
    ) -> dict[str, str]:
        tables = set(descripteur.tables)
        return {
            "fichier": fiche.empreinte,
            "fiche": f"{fiche.source}|{fiche.nom}|{fiche.millesime}|{fiche.recu_le}",
            "descripteur": descripteur.empreinte,
            "corrections déclarées": empreinte_declarees(self.declarees, tables),
            "programme": self.programme,
            **references.empreintes(tables),
        }

    def assembler(self, tables: list[str]) -> list[str]:
        ecrites = []
        for rang, table in enumerate(tables):
            self.progres(f"assemblage de {table}", rang, len(tables))
            ecrites += [f"{table}/{p}" for p in assembler(self.lieux, table, self.etats)]
        return ecrites


def _une_par_contenu(fiches: list[Fiche]) -> list[Fiche]:
    """Un contenu purgé puis reçu sous un autre nom a deux fiches : celle du brut présent."""
    presentes_dabord = sorted(fiches, key=lambda f: not f.chemin.exists())
    retenues = {f.empreinte: f for f in reversed(presentes_dabord)}
    return [f for f in fiches if retenues[f.empreinte] is f]


def _code_du_typage() -> list[str]:
    """Ce dont le résultat d'un fichier dépend ; son descripteur est compté à part."""
    lecteurs = sorted(Path(sources.__file__).parent.glob("*.py"))
    return [
        *(f"nettoyage/{m}.py" for m in _TYPAGE),
        "nomenclatures/codes.yaml",
        *(f"nomenclatures/{m}.py" for m in ("reperage", "communes", "etablissements")),
        *(f"sources/{f.name}" for f in lecteurs),
        *(f"{m}.py" for m in ("schemas", "schema_modele", "schemas_publics")),
    ]


def _muet(etape: str, fait: int, total: int) -> None:
    """Sans affichage."""
