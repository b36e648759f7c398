import { describe, expect, test } from '@jest/globals';
import type { Check } from '../../../core/checks/check.ts';
import { countCapitalWords } from '../../../core/text/capital-words.ts';
import { isWrittenIn, knownLanguages, type Language } from '../../../core/text/language.ts';
import { passes } from './passes.ts';

describe('language', () => {
  test.each<[Language, string]>([
    ['en', 'The parcel is on its way and it will be with you by the end of the week.'],
    ['en', 'THE PARCEL IS ON ITS WAY AND IT WILL BE WITH YOU SOON.'],
    ['de', 'Das Paket ist unterwegs und wird bis zum Ende der Woche bei Ihnen sein.'],
    ['fr', 'Le colis est en route et il sera chez vous avant la fin de la semaine.'],
    ['es', 'El paquete está en camino y lo tendrá antes del final de la semana.'],
    ['pt', 'O pacote está a caminho e não vai demorar mais do que uma semana.'],
    ['it', 'Il pacco è in arrivo e sarà da voi entro la fine della settimana.'],
    ['nl', 'Het pakket is onderweg en zal voor het einde van de week bij u zijn.'],
    ['sv', 'Paketet är på väg och kommer att vara hos dig före slutet av veckan.'],
    ['pl', 'Paczka jest już w drodze i będzie u państwa do końca tygodnia.'],
    ['fi', 'Paketti on matkalla ja se on perillä ennen viikon loppua, mutta ei vielä tänään.'],
    ['vi', 'Gói hàng đang trên đường và sẽ đến với bạn trước cuối tuần.'],
    ['sw', 'Kifurushi kiko njiani na kitafika kwako kabla ya mwisho wa wiki.'],
    ['tr', 'Paket yolda ve hafta sonuna kadar sizin için orada olacak, çok daha önce değil.'],
    ['ru', 'Посылка уже в пути, и она будет у вас до конца недели.'],
    ['uk', 'Посилка вже в дорозі, і вона буде у вас до кінця тижня.'],
    ['bg', 'Пратката е на път и ще бъде при вас до края на седмицата.'],
    ['ar', 'الطرد في الطريق إلى منزلك وسوف يصل قبل نهاية هذا الأسبوع.'],
    ['fa', 'بسته در راه است و تا پایان هفته به دست شما می‌رسد.'],
    ['ur', 'پارسل راستے میں ہے اور ہفتے کے آخر تک آپ کے پاس ہو گا۔'],
    ['hi', 'पार्सल रास्ते में है और सप्ताह के अंत तक आपके पास होगा।'],
    ['mr', 'पार्सल मार्गावर आहे आणि आठवड्याच्या शेवटी ते तुमच्याकडे असेल.'],
    ['ne', 'पार्सल बाटोमा छ र यो हप्ताको अन्त्यसम्म तपाईंको हातमा हुनेछ।'],
    ['bn', 'পার্সেলটি পথে আছে।'],
    ['pa', 'ਪਾਰਸਲ ਰਸਤੇ ਵਿੱਚ ਹੈ।'],
    ['ta', 'பார்சல் வழியில் உள்ளது.'],
    ['th', 'พัสดุกำลังมา'],
    ['ko', '소포가 오고 있습니다.'],
    ['he', 'החבילה בדרך.'],
    ['ja', '荷物は輸送中です。'],
    ['zh', '包裹正在路上。'],
  ])('%s is told: %j', (language, text) => {
    expect(passes({ kind: 'language', is: language }, text)).toBe(true);
    expect(knownLanguages.filter((other) => other !== language && isWrittenIn(text, other))).toEqual([]);
  });

  test('a text that could be in several languages passes for each of its script, and for no other', () => {
    expect(['en', 'de', 'vi', 'ru', 'th'].map((is) => isWrittenIn('Kathmandu 42', is as Language))).toEqual([
      true,
      true,
      true,
      false,
      false,
    ]);
  });

  test('a text without letters passes', () => {
    expect(passes({ kind: 'language', is: 'hi' }, '42!')).toBe(true);
  });
});

describe('letter-case', () => {
  test.each<[Check, string, boolean]>([
    [{ kind: 'letter-case', is: 'upper' }, 'ALL OF IT, 3 TIMES!', true],
    [{ kind: 'letter-case', is: 'upper' }, 'ALL OF iT', false],
    [{ kind: 'letter-case', is: 'upper' }, '123', false],
    [{ kind: 'letter-case', is: 'lower' }, 'all of it', true],
    [{ kind: 'letter-case', is: 'lower' }, 'all of It', false],
    [{ kind: 'letter-case', is: 'lower', language: 'en' }, 'all of it is here', true],
    [{ kind: 'letter-case', is: 'lower', language: 'en' }, 'tout est ici avec nous', false],
  ])('%j of %j: %s', (check, text, passed) => {
    expect(passes(check, text)).toBe(passed);
  });
});

describe('words in capitals', () => {
  test.each([
    ['I am in the U.S. NOW', 3],
    ["I'M HERE", 3],
    ['Nothing', 0],
    ['A WELL-KNOWN word', 2],
    ['**BOLD** (NASA), [A]', 3],
    ['H2O and 123', 1],
    ['"QUOTED." Then', 1],
  ])('in %j are %d', (text, count) => {
    expect(countCapitalWords(text)).toBe(count);
    expect(passes({ kind: 'capital-words', min: count, max: count }, text)).toBe(true);
  });
});
