"""B5s, enfants d'un territoire accueillis ailleurs : lus au département, un par territoire."""

from rtpe_analyse.secret import proteger
from tests.specifications.jeux_flux import PAR_RESIDENCE, avec_residences
from tests.specifications.outils import LE, egal, ligne_de, valeur_de


def part(table, residence: str) -> float | None:
    return valeur_de(table, "B5s", "99", modalite=residence, **PAR_RESIDENCE)


def test_enfants_du_territoire_recus_dans_un_autre(tmp_path):
    table = avec_residences(tmp_path).calculer("flux")
    # De T1 : 6 + 2 chez A, c0 chez C ; a0 va aux deux. 9 enfants, dont a0 et c0 chez C.
    assert part(table, "T1") == egal(2 / 9)
    # De T2 : 3 chez A, 5 chez C.
    assert part(table, "T2") == egal(3 / 8)


def test_une_modalite_par_territoire_seulement(tmp_path):
    table = avec_residences(tmp_path).calculer("flux")
    lignes = table.filter(indicateur="B5s", pas="trimestre")
    assert set(lignes["modalite"]) == {"T1", "T2"}
    assert set(lignes["zone"]) == {"99"}


def test_le_numerateur_est_celui_de_m1(tmp_path):
    table = avec_residences(tmp_path).calculer("flux")
    for residence in ("T1", "T2"):
        m1 = ligne_de(table, "M1", "99", modalite=residence, **PAR_RESIDENCE)
        b5s = ligne_de(table, "B5s", "99", modalite=residence, **PAR_RESIDENCE)
        assert m1["numerateur"] == b5s["numerateur"]


def test_peu_d_enfants_du_territoire_la_part_se_masque(tmp_path):
    jeu = avec_residences(tmp_path, **{f"a{n}": "99003" for n in range(6)})
    e1 = proteger(jeu.calculer("enfants"), "interne", LE)
    table = proteger(jeu.calculer("flux"), "interne", LE, e1)
    # De T1 : a6 et a7 chez A, c0 chez C. Trois enfants : ni la part, ni l'effectif.
    ligne = ligne_de(table, "B5s", "99", modalite="T1", **PAR_RESIDENCE)
    assert (ligne["valeur"], ligne["denominateur"]) == (None, None)


def test_mutation_un_enfant_de_plus_qui_part(tmp_path):
    table = avec_residences(tmp_path, c1="99002").calculer("flux")
    assert part(table, "T1") == egal(3 / 10)


def test_egale_une_requete_independante(tmp_path):
    jeu = avec_residences(tmp_path)
    attendu = jeu.sql(
        "select avg(part) from (select p.enfant, max(case when etablissement = 'C' then 1.0 else 0 "
        "end) as part from pointages p join enfants e using (enfant) join familles f "
        "using (famille) where f.commune in ('99001', '99002') and p.motif_absence is null "
        "group by p.enfant)"
    )
    assert part(jeu.calculer("flux"), "T1") == egal(float(attendu))
