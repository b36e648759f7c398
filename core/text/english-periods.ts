/*
 * What the English model of Punkt knows of words and periods, as NLTK ships it (Apache-2.0); the long list of its words is
 * cut to the common ones. The model learnt from newspapers, and some entries look odd: they are kept, so that counts agree.
 */

/** Words whose period is part of them. */
export const abbreviations = setOf(`
  a.a a.c a.d a.g a.h a.m a.m.e a.s a.t adm ala ariz aug ave b.f b.v bros c c.i.t c.o.m.b c.v calif chg cie co col
  colo conn corp cos ct d d.c d.h d.w dec dr e e.f e.h e.l e.m f f.g f.j feb fla fri ft g g.d g.f g.k ga gen h h.c
  h.f h.m i.m.s ill inc j.b j.c j.j j.k j.p j.r jan jr k kan ky l l.a l.f l.p lt ltd m m.b.a m.d.c m.j maj messrs mg
  mich minn mr mrs ms n n.c n.d n.h n.j n.m n.v n.y nev nov oct ok okla ore p p.a.m p.m pa ph.d prof r r.a r.h r.i
  r.j r.k r.t rep reps s s.a s.a.y s.c s.g s.p.a s.s sen sep sept sr st sw t t.j tenn tues u.k u.n u.s u.s.a u.s.s.r
  v va vs vt w w.c w.r w.va w.w wash wed wis yr
`);

/** Words that often start a sentence. */
export const starters = setOf(`
  according although among both but despite even he however i if in indeed instead it many meanwhile moreover most
  nevertheless nonetheless nor sales separately similarly since so some the there these they this though thus under
  when while yet
`);

/** Words that have a capital only where they start a sentence. */
export const openers = setOf(`
  above almost along already always anyone anything apply ask being better between call check choose consider create
  does doing either enjoy enough ensure explain finally follow her here hers him hold imagine include indeed instead
  into learn least moreover nevertheless nonetheless nor note nothing please prepare provide put remember separately
  similarly simply so someone soon still such thank them therefore think though through thus together try turn
  unless upon us very wait welcome were whether which whole within without yes yet your
`);

const alsoCapital = setOf(`
  a about according across actually add after again all also although among an and another any are as at avoid be
  because been before below best both bring but by can come could cut did do down during each even every everyone
  everything few find first for from get give go good had has have having he help his how however if in is it its
  join just keep know last later less let like look made make many may maybe me meanwhile might more most much must
  my near never next no not now of off often on once one only open or other our out over people perhaps place read
  said see set several she should show since some something start stop take tell than that the their then there
  these they this those to today too two under until up use used visit was watch we well what whatever when where
  while who why will with work would write you
`);
/** Words that are no names. */
export const seenInSmallLetters = openers.union(alsoCapital);

/** A type and what follows its period where that ends no sentence. */
export const afterPeriod: ReadonlySet<string> = new Set([
  ...[
    ...setOf(`
    abreast aes business cbot colgate commodities cooper corrections credit dividend financing genentech henley
    insider international leisure letters notable pay-fone pegasus pepper review rj wedgestone who zimmer
  `),
  ].map((word) => `##number## ${word}`),
  'b edelman',
  'b levine',
  'b smith',
  'b stewart',
  'b wigton',
  'i magnin',
  'i toussie',
  'j aron',
  'j fialka',
  'j walter',
  'o ludcke',
]);

function setOf(words: string): ReadonlySet<string> {
  return new Set(words.trim().split(/\s+/));
}
