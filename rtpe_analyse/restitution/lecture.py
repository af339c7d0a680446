"""Ouvrir le dossier d'indicateurs : la seule source d'un carnet de rapport.

Le dossier voyage par la variable `RTPE_DONNEES` (jamais par un paramètre de carnet). On n'y
lit que des valeurs passées par le secret statistique, et ce qui n'est pas diffusable perd
ici même ses nombres.
"""

import json
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from functools import cached_property
from pathlib import Path
from typing import Any

import polars as pl

from rtpe_analyse.erreurs import ErreurUsage
from rtpe_analyse.modeles import Niveau
from rtpe_analyse.restitution.mesures import (
    ABSENT,
    DIFFUSABLE,
    PARTIELLE,
    POUR_CENT,
    Definition,
    Mesure,
)

VARIABLE = "RTPE_DONNEES"
Contours = dict[str, list[list[tuple[float, float]]]]
"""Code de la zone → anneaux (longitude, latitude) en degrés, fermés, les trous à rebours."""
_POUR_CENT = frozenset({"B1", "B1p", "B1r", "B3", "B3m"})
"""Rapports de places à des enfants, déclarés en « % » : un rapport les dit pour 100 enfants."""
_A_VENIR = ("etats", "previsions", "scenarios", "pilotage")
_POSITIONS = pl.DataFrame(schema={"latitude": pl.Float64, "longitude": pl.Float64})
_CLE = ("indicateur", "zone", "periode", "modalite")


class Grille:
    """Des mesures rangées par indicateur, zone, période et modalité.

    Une case jamais calculée rend une mesure « absente » : les tableaux et les phrases
    n'ont qu'un cas à traiter, celui d'une mesure qui n'est pas lisible.
    """

    def __init__(self, cases: dict[tuple[str, ...], Mesure], dossier: "Dossier") -> None:
        self._cases = cases
        self._dossier = dossier

    def lire(self, code: str, zone: str, periode: object, modalite: str = "") -> Mesure:
        """La mesure d'une case, « absente » si elle n'existe pas."""
        trouvee = self._cases.get((code, zone, str(periode), modalite))
        return trouvee or Mesure(self._dossier.definition(code))

    def coupe(self, modalite: str) -> "Grille":
        """Les mêmes mesures pour une seule modalité, lues ensuite sans la redire."""
        cases = {(*cle[:3], ""): m for cle, m in self._cases.items() if cle[3] == modalite}
        return Grille(cases, self._dossier)

    def avec(self, autre: "Grille") -> "Grille":
        """Les mesures des deux grilles."""
        return Grille({**self._cases, **autre._cases}, self._dossier)

    def modalites(self, code: str) -> list[str]:
        """Modalités rencontrées pour un indicateur, dans l'ordre d'écriture."""
        return list(dict.fromkeys(cle[3] for cle in self._cases if cle[0] == code))

    def zones(self, code: str, modalite: str = "") -> list[str]:
        """Zones où une modalité d'un indicateur a été rencontrée, dans l'ordre d'écriture."""
        return list(
            dict.fromkeys(
                cle[1]
                for cle, mesure in self._cases.items()
                if cle[0] == code and cle[3] == modalite and mesure.statut != ABSENT
            )
        )

    def codes(self) -> list[str]:
        """Indicateurs rencontrés, dans l'ordre d'écriture."""
        return list(dict.fromkeys(cle[0] for cle in self._cases))

    def periodes(self, code: str) -> list[str]:
        """Périodes rencontrées pour un indicateur, dans l'ordre."""
        return sorted({cle[2] for cle in self._cases if cle[0] == code})

    def derniere_lisible(self, code: str, zones: Iterable[str], jusqu_a: object) -> str:
        """Dernière période, bornée, où l'une des zones a une valeur lisible ; vide si aucune."""
        voulues = set(zones)
        vues = [
            cle[2]
            for cle, mesure in self._cases.items()
            if cle[0] == code and cle[1] in voulues and cle[2] <= str(jusqu_a) and mesure.lisible
        ]
        return max(vues, default="")

    def __len__(self) -> int:
        return len(self._cases)


@dataclass(frozen=True)
class Dossier:
    """Le contenu de `$RTPE_DONNEES` à un niveau de secret.

    Attributes:
        chemin: dossier des indicateurs.
        niveau: `interne` ou `diffusion`.
    """

    chemin: Path
    niveau: Niveau

    @classmethod
    def depuis_environnement(cls, niveau: str) -> "Dossier":
        """Ouvre le dossier désigné par `RTPE_DONNEES`.

        Raises:
            ErreurUsage: variable absente, dossier vide ou niveau inconnu.
        """
        if niveau not in ("interne", "diffusion"):
            raise ErreurUsage(
                f"Niveau « {niveau} » inconnu.", "Niveaux possibles : interne, diffusion."
            )
        designe = os.environ.get(VARIABLE, "")
        if not designe:
            raise ErreurUsage(
                f"La variable {VARIABLE} n'est pas posée : les indicateurs sont introuvables.",
                "Lancer le carnet par `rtpe rapports`, ou l'ouvrir par `rtpe labo`.",
            )
        dossier = cls(Path(designe), "interne" if niveau == "interne" else "diffusion")
        if not dossier.familles:
            raise ErreurUsage(
                f"Aucun indicateur de niveau {niveau} n'a encore été calculé.",
                "Lancer `rtpe calculer`.",
            )
        return dossier

    @cached_property
    def familles(self) -> dict[str, Path]:
        """Fichier de chaque famille d'indicateurs."""
        return {f.stem: f for f in sorted((self.chemin / self.niveau).glob("*.parquet"))}

    @cached_property
    def zones(self) -> pl.DataFrame:
        """Établissements, communes, territoires et départements : une ligne par zone.

        Une zone décrite à plusieurs dates garde sa dernière description.
        """
        chemin = self.chemin / "zones.parquet"
        if not chemin.exists():
            raise ErreurUsage("La liste des zones manque.", "Relancer `rtpe calculer`.")
        table = pl.read_parquet(chemin).sort("valide_du", nulls_last=False)
        # Un dossier calculé sans référentiel ne donne pas de position.
        table = pl.concat([_POSITIONS, table], how="diagonal")
        return table.unique(["maille", "zone"], keep="last").sort("maille", "zone")

    def contours(self, maille: str) -> tuple[Contours, str]:
        """Contours donnés des zones d'une maille, et les défauts du fichier (vide sans défaut)."""
        donnes = self._json("contours.json", {}).get(maille, {})
        return donnes.get("anneaux", {}), donnes.get("ecarts", "")

    @cached_property
    def zonages(self) -> dict[str, list[str]]:
        """Code de chaque zonage défini par l'utilisateur → codes de ses communes et IRIS."""
        return dict(self._json("zonages.json", {}))

    @cached_property
    def definitions(self) -> dict[str, Definition]:
        """Indicateurs déclarés, par code."""
        connus = {f.name for f in fields(Definition)}
        declares: dict[str, Definition] = {}
        for brut in self._json("definitions.json", []):
            utiles = {c: v for c, v in brut.items() if c in connus and v is not None}
            limites = utiles.get("limites", ())
            utiles["limites"] = (limites,) if isinstance(limites, str) else tuple(limites)
            if brut["code"] in _POUR_CENT:
                utiles["unite"] = POUR_CENT
            declares[brut["code"]] = Definition(**utiles)
        return declares

    def definition(self, code: str) -> Definition:
        """Déclaration d'un indicateur ; son seul code s'il n'est pas déclaré."""
        return self.definitions.get(code) or Definition(code, code)

    @cached_property
    def qualite(self) -> dict[str, Any]:
        """Comptes de constats et de rejets, verdicts, bilan de réception."""
        return dict(self._json("qualite.json", {}))

    @cached_property
    def ruptures(self) -> list[dict[str, str]]:
        """Changements de logiciel ou de territoire : établissement, le, nature, avant, après."""
        return list(self._json("ruptures.json", []))

    @cached_property
    def trace(self) -> dict[str, Any]:
        """Version, empreintes des fichiers reçus, règles datées, jeu."""
        return dict(self._json("trace.json", {}))

    @cached_property
    def periodes(self) -> dict[str, list[str]]:
        """Périodes échues, par pas ; celles d'une prévision ou d'un état à venir n'en sont pas."""
        echues = [f for f in self.familles if f not in _A_VENIR]
        vues = self._balayer(echues).select("pas", "periode").unique().collect()
        return {
            pas: sorted(vues.filter(pl.col("pas") == pas)["periode"])
            for pas in vues["pas"].unique()
        }

    def codes(self, famille: str) -> list[str]:
        """Indicateurs présents dans une famille, dans l'ordre de leur déclaration."""
        if famille not in self.familles:
            return []
        presents = self._presents(famille)
        return [c for c in self.definitions if c in presents] + sorted(
            presents - self.definitions.keys()
        )

    def mesures(
        self,
        codes: Sequence[str],
        maille: str,
        zones: Iterable[str],
        periodes: Iterable[object] | None = None,
        *,
        ventilation: str = "",
    ) -> Grille:
        """Les mesures demandées, privées de leurs nombres si elles ne sont pas diffusables.

        Args:
            codes: indicateurs voulus ; un code inconnu n'est pas une erreur.
            maille: maille des zones.
            zones: codes des zones.
            periodes: périodes voulues ; toutes si absent.
            ventilation: `""` pour la valeur d'ensemble, sinon le nom de la ventilation.
        """
        utiles = [f for f in self.familles if self._peut_porter(f, set(codes))]
        choix = pl.col("indicateur").is_in(list(codes)) & (pl.col("ventilation") == ventilation)
        if periodes is not None:
            choix &= pl.col("periode").is_in([str(p) for p in periodes])
        siennes = tuple(zones)
        lues = [self._lignes(famille, maille, siennes) for famille in utiles]
        lignes = pl.concat(lues).filter(choix) if lues else pl.DataFrame()
        cases = {
            tuple(ligne[c] or "" for c in _CLE): self._mesure(ligne)
            for ligne in lignes.iter_rows(named=True)
        }
        return Grille(cases, self)

    def _mesure(self, ligne: dict[str, Any]) -> Mesure:
        definition = self.definition(ligne["indicateur"])
        statut, valeur = ligne["statut"], ligne["valeur"]
        if statut in (DIFFUSABLE, PARTIELLE) and valeur is None:
            statut = "non_calculable"
        lisible = statut in (DIFFUSABLE, PARTIELLE)
        return Mesure(
            definition,
            statut,
            valeur if lisible else None,
            ligne["numerateur"] if lisible else None,
            ligne["denominateur"] if lisible else None,
            millesime=ligne["millesime"] or "",
            source=ligne["source"] or "",
        )

    def _peut_porter(self, famille: str, codes: set[str]) -> bool:
        """Un code déclaré n'est que dans sa famille ; un autre se cherche dans les fichiers."""
        declares = self._declares
        return any(
            declares[c] == famille if c in declares else c in self._presents(famille) for c in codes
        )

    @cached_property
    def _declares(self) -> dict[str, str]:
        """Code de chaque indicateur déclaré → sa famille."""
        bruts = self._json("definitions.json", [])
        return {b["code"]: b["famille"] for b in bruts if b.get("famille") in self.familles}

    def _lignes(self, famille: str, maille: str, zones: tuple[str, ...]) -> pl.DataFrame:
        """Ce qu'une famille dit de ces zones : un rapport y revient dix fois, on la lit une."""
        cle = (famille, maille, zones)
        if cle not in self._lues:
            # Une liste nue de 80 zones coûte 25 ms au tri des lignes, sa série moins d'une.
            voulues = pl.Series(zones, dtype=pl.String).implode()
            choix = (pl.col("maille") == maille) & pl.col("zone").is_in(voulues)
            self._lues[cle] = pl.scan_parquet(self.familles[famille]).filter(choix).collect()
        return self._lues[cle]

    @cached_property
    def _lues(self) -> dict[tuple[str, str, tuple[str, ...]], pl.DataFrame]:
        return {}

    def _presents(self, famille: str) -> set[str]:
        if famille not in self._codes_presents:
            table = pl.read_parquet(self.familles[famille], columns=["indicateur"])
            self._codes_presents[famille] = set(table["indicateur"].unique())
        return self._codes_presents[famille]

    @cached_property
    def _codes_presents(self) -> dict[str, set[str]]:
        return {}

    def _balayer(self, familles: Iterable[str]) -> pl.LazyFrame:
        return pl.scan_parquet([self.familles[f] for f in familles])

    def _json(self, nom: str, defaut: Any) -> Any:
        try:
            return json.loads((self.chemin / nom).read_text(encoding="utf-8"))
        except FileNotFoundError:
            return defaut
