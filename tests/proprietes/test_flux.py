"""Flux entre territoires : somme des résidences = ensemble, et aucun masque ne se recalcule."""

from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rtpe_analyse.secret import proteger
from rtpe_analyse.secret.audit import cellules_deductibles
from tests.specifications.outils import LE, LUNDI, pointage
from tests.specifications.publics import avec_referentiel

# Où l'enfant est accueilli (A et B : T1, C : T2), où il habite.
ENFANTS = st.lists(
    st.tuples(
        st.sampled_from("ABC"), st.sampled_from(["99001", "99002", "99003", "99004", "98001", None])
    ),
    min_size=1,
    max_size=60,
)


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(ENFANTS)
def test_somme_des_residences_et_secret(enfants: list[tuple[str, str | None]]) -> None:
    with TemporaryDirectory() as dossier:
        jeu = avec_referentiel(Path(dossier))
        codes = [f"e{n}" for n in range(len(enfants))]
        jeu.ecrire("enfants", [{"enfant": e, "famille": e} for e in codes])
        jeu.ecrire(
            "familles",
            [
                {"famille": e, "valide_du": LUNDI, "commune": commune}
                for e, (_, commune) in zip(codes, enfants, strict=True)
            ],
        )
        jeu.ecrire(
            "pointages",
            [pointage(e, ou, LUNDI) for e, (ou, _) in zip(codes, enfants, strict=True)],
        )
        flux = jeu.calculer("flux")
        e1 = proteger(jeu.calculer("enfants"), "interne", LE)
    m1 = flux.filter(pl.col("indicateur") == "M1")
    cle = ["maille", "zone", "periode"]
    ensemble = m1.filter(pl.col("ventilation") == "").select(*cle, "numerateur")
    sommes = m1.filter(pl.col("ventilation") != "").group_by(cle).agg(pl.col("numerateur").sum())
    # Chaque enfant n'est que dans un établissement : les résidences se partagent l'ensemble.
    assert (
        sommes.join(ensemble, on=cle, suffix="_tout")
        .filter(pl.col("numerateur") != pl.col("numerateur_tout"))
        .is_empty()
    )
    protegee = proteger(flux, "interne", LE, e1)
    assert cellules_deductibles(flux, protegee, "M1") == []
    lisibles = protegee.filter(pl.col("indicateur") == "M1", pl.col("numerateur") > 0)
    assert (lisibles["numerateur"] >= 5).all()
