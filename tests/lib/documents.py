#!/usr/bin/env python3
"""Documents of Brazil, by a checker that shares nothing with the generators.

documents.py make DIR         writes DIR/ddl.sql and DIR/plan.json: a table of plain columns and one of
                              unique ones, a column for each case below
documents.py check DIR ROWS   holds the CSV files of DIR against the rules; ends with 1 and says what
                              is wrong
"""
import csv
import json
import re
import sys

STATES = ('AC AL AM AP BA CE DF ES GO MA MG MS MT PA PB PE PI PR RJ RN RO RR RS SC SE SP TO').split()


# ---- check digits, as the authorities write them down ------------------------------------------

def total(text, weights):
    """The weighted sum; a letter counts as its code less that of the digit 0."""
    assert len(text) == len(weights), (text, weights)
    return sum((ord(c) - 48) * w for c, w in zip(text, weights))


def left_over(n):
    """11 less the rest of a division by 11; 10 and 11 are written 0."""
    d = 11 - n % 11
    return str(d if d < 10 else 0)


def down(n, low=2, high=9):
    """n weights that count up from the right, from low to high and again."""
    w = [low + i % (high - low + 1) for i in range(n)]
    return w[::-1]


def cpf(s):
    return re.fullmatch(r'\d{11}', s) and len(set(s)) > 1 and \
        s[9] == left_over(total(s[:9], down(9, 2, 11))) and \
        s[10] == left_over(total(s[:10], down(10, 2, 11)))


def cnpj_digits(s):
    return s[12] == left_over(total(s[:12], down(12))) and s[13] == left_over(total(s[:13], down(13)))


def cnpj(s):
    return re.fullmatch(r'\d{14}', s) and s[:8] != '0' * 8 and s[8:12] != '0000' and cnpj_digits(s)


def cnpj_letters(s):
    return re.fullmatch(r'[A-Z0-9]{12}\d\d', s) and not s.isdigit() and s[8:12] == '0001' and cnpj_digits(s)


def rg(s):
    """Sao Paulo: 2 to 9 from the left, 100 for the check digit; X is 10; the sum is a multiple of 11."""
    return re.fullmatch(r'\d{9}', s) and total(s, [2, 3, 4, 5, 6, 7, 8, 9, 100]) % 11 == 0


def pis(s):
    return re.fullmatch(r'9\d{10}', s) and s[10] == left_over(total(s[:10], [3, 2, 9, 8, 7, 6, 5, 4, 3, 2]))


def renavam(s):
    """The ten digits backwards, times 2 to 9 and again, times ten."""
    if not re.fullmatch(r'9\d{10}', s):
        return False
    n = sum(int(c) * w for c, w in zip(s[9::-1], [2, 3, 4, 5, 6, 7, 8, 9, 2, 3])) * 10 % 11
    return s[10] == str(n if n < 10 else 0)


def cnh(s):
    if not re.fullmatch(r'\d{11}', s) or len(set(s)) == 1:
        return False
    first = sum(int(c) * (9 - i) for i, c in enumerate(s[:9])) % 11
    less = 2 if first >= 10 else 0
    second = sum(int(c) * (1 + i) for i, c in enumerate(s[:9])) % 11 - less
    if second < 0:
        second += 11
    return s[9] == str(first if first < 10 else 0) and s[10] == str(second if second < 10 else 0)


VOTERS = ('SP MG RJ RS BA PR CE PE SC GO MA PB PA ES PI RN AL MT MS DF SE AM RO AC AP RR TO').split()


def voter(uf):
    code = '%02d' % (VOTERS.index(uf) + 1)

    def rest(n):
        r = n % 11
        if r == 10:
            return '0'
        return '1' if r == 0 and uf in ('SP', 'MG') else str(r)

    def check(s):
        return re.fullmatch(r'\d{12}', s) and s[8:10] == code and \
            s[10] == rest(total(s[:8], range(2, 10))) and \
            s[11] == rest(int(s[8]) * 7 + int(s[9]) * 8 + int(s[10]) * 9)
    return check


# ---- inscricao estadual ----------------------------------------------------------------------------

def nine(prefix):
    """Nine digits, the last one by 9 to 2 from the left."""
    def check(s):
        return re.fullmatch(prefix + r'\d*', s) and len(s) == 9 and s[8] == left_over(total(s[:8], range(9, 1, -1)))
    return check


def ie_thirteen(prefix):
    def check(s):
        return re.fullmatch(prefix + r'\d{11}', s) and s[11] == left_over(total(s[:11], down(11))) and \
            s[12] == left_over(total(s[:12], down(12)))
    return check


def ie_ba(s):
    if not re.fullmatch(r'\d{9}', s):
        return False
    mod = 11 if s[1] in '679' else 10

    def digit(n):
        d = mod - n % mod
        return str(d if d < 10 else 0)
    second = digit(total(s[:7], range(8, 1, -1)))
    return s[8] == second and s[7] == digit(total(s[:7] + second, range(9, 1, -1)))


def ie_mg(s):
    if not re.fullmatch(r'\d{13}', s):
        return False
    with_zero = s[:3] + '0' + s[3:11]
    products = ''.join(str(int(c) * w) for c, w in zip(with_zero, [1, 2] * 6))
    n = sum(map(int, products))
    return s[11] == str(-n % 10) and s[12] == left_over(total(s[:12], [3, 2, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2]))


def ie_sp(s):
    return re.fullmatch(r'\d{12}', s) and s[8] == str(total(s[:8], [1, 3, 4, 5, 6, 7, 8, 10]) % 11)[-1] and \
        s[11] == str(total(s[:11], [3, 2, 10, 9, 8, 7, 6, 5, 4, 3, 2]) % 11)[-1]


def ie_ro(s):
    if not re.fullmatch(r'\d{14}', s):
        return False
    d = 11 - total(s[:13], [6, 5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2]) % 11
    return s[13] == str(d - 10 if d >= 10 else d)


def last(n, weights):
    def check(s):
        return re.fullmatch(r'\d{%d}' % n, s) and s[-1] == left_over(total(s[:-1], weights))
    return check


IE = {uf: nine(prefix) for uf, prefix in dict(
    AL='24[03578]', AM='04', AP='03', CE='06', ES='08', GO='1[015]', MA='12', MS='28', PA='15', PB='16', PI='19',
    RN='20', SC='', SE='27', TO='29').items()}
IE.update(
    AC=ie_thirteen('01'), DF=ie_thirteen('07'), BA=ie_ba, MG=ie_mg, SP=ie_sp, RO=ie_ro,
    MT=last(11, [3, 2, 9, 8, 7, 6, 5, 4, 3, 2]), RJ=last(8, [2, 7, 6, 5, 4, 3, 2]),
    RS=last(10, [2, 9, 8, 7, 6, 5, 4, 3, 2]),
    PE=lambda s: re.fullmatch(r'\d{9}', s) and s[7] == left_over(total(s[:7], down(7))) and
    s[8] == left_over(total(s[:8], down(8))),
    PR=lambda s: re.fullmatch(r'\d{10}', s) and s[8] == left_over(total(s[:8], [3, 2, 7, 6, 5, 4, 3, 2])) and
    s[9] == left_over(total(s[:9], [4, 3, 2, 7, 6, 5, 4, 3, 2])),
    RR=lambda s: re.fullmatch(r'24\d{7}', s) and s[8] == str(total(s[:8], range(1, 9)) % 9))


def slip(s):
    """Febraban: three fields modulo 10, the bar code modulo 11."""
    if not re.fullmatch(r'999\d{44}', s):
        return False

    def mod10(field):
        products = ''.join(str(int(c) * w) for c, w in zip(field[::-1], [2, 1] * 5))
        return str(-sum(map(int, products)) % 10)
    free = s[4:9] + s[10:20] + s[21:31]
    bar = s[:4] + s[33:] + free
    n = sum(int(c) * (2 + i % 8) for i, c in enumerate(bar[::-1]))
    d = 11 - n % 11
    return s[9] == mod10(s[:9]) and s[20] == mod10(s[10:20]) and s[31] == mod10(s[21:31]) and \
        s[32] == str(1 if d in (0, 10, 11) else d)


# ---- cases: a column each ----------------------------------------------------------------------------

def stripped(shape, check):
    """Written like the shape (0 for a character of the number), and valid without the punctuation."""
    pattern = re.escape(shape).replace('0', '[0-9A-Z]')
    kept = [i for i, c in enumerate(shape) if c == '0']
    return lambda s: re.fullmatch(pattern, s) and check(''.join(s[i] for i in kept))


def wrong(check, n):
    return lambda s: re.fullmatch(r'[0-9A-Z]{%d}' % n, s) and not check(s)


CASES = {}  # column: (type, generator, parameters, check)


def case(name, sql, generator, check, **params):
    CASES[name] = (sql, 'semantic.br.' + generator, params, check)


case('cpf', 'text', 'cpf', cpf)
case('cpf_11', 'char(11)', 'cpf', cpf)
case('cpf_14', 'varchar(14)', 'cpf', stripped('000.000.000-00', cpf))
case('cpf_20', 'varchar(20)', 'cpf', cpf)
case('cpf_form', 'text', 'cpf', stripped('000.000.000-00', cpf), form='punctuated')
case('cpf_check', r"text CHECK (%s ~ '^\d{3}\.\d{3}\.\d{3}-\d{2}$')", 'cpf', stripped('000.000.000-00', cpf))
case('cpf_wrong', 'text', 'cpf', wrong(cpf, 11), invalid=True)
case('cnpj', 'text', 'cnpj', lambda s: cnpj(s) and s[8:12] == '0001' and s[:2] == '99')
case('cnpj_18', 'varchar(18)', 'cnpj', stripped('00.000.000/0000-00', cnpj))
case('cnpj_wrong', 'text', 'cnpj', wrong(cnpj, 14), invalid=True)
case('cnpja', 'char(14)', 'cnpj.alphanumeric', cnpj_letters)
case('cnpja_18', 'char(18)', 'cnpj.alphanumeric', stripped('00.000.000/0000-00', cnpj_letters))
case('cnpja_wrong', 'text', 'cnpj.alphanumeric', wrong(cnpj_letters, 14), invalid=True)
case('rg', 'text', 'rg', rg)
case('rg_12', 'char(12)', 'rg', stripped('00.000.000-0', rg))
case('rg_issuer', 'text', 'rg', lambda s: s.endswith(' SSP/SP') and stripped('00.000.000-0', rg)(s[:-7]), form='issuer')
case('rg_wrong', 'text', 'rg', wrong(rg, 9), invalid=True)
case('pis', 'text', 'pis', pis)
case('pis_14', 'varchar(14)', 'pis', stripped('000.00000.00-0', pis))
case('pis_wrong', 'text', 'pis', wrong(pis, 11), invalid=True)
case('cnh', 'varchar(11)', 'cnh', cnh)
case('cnh_wrong', 'text', 'cnh', wrong(cnh, 11), invalid=True)
case('renavam', 'text', 'renavam', renavam)
case('renavam_12', 'varchar(12)', 'renavam', stripped('0000000000-0', renavam))
case('renavam_wrong', 'text', 'renavam', wrong(renavam, 11), invalid=True)
case('placa', 'char(7)', 'placa', lambda s: re.fullmatch(r'[A-Z]{3}\d[A-J]\d\d', s))
case('placa_old', 'text', 'placa', lambda s: re.fullmatch(r'[A-Z]{3}\d{4}', s), style='old')
case('placa_old_8', 'char(8)', 'placa', lambda s: re.fullmatch(r'[A-Z]{3}-\d{4}', s), style='old')
for state in STATES:
    case('titulo_' + state.lower(), 'char(12)', 'titulo_eleitor', voter(state), uf=state)
    case('ie_' + state.lower(), 'text', 'ie', IE[state], uf=state)
case('titulo', 'varchar(14)', 'titulo_eleitor', stripped('0000 0000 0000', voter('SP')))
case('titulo_wrong', 'text', 'titulo_eleitor', wrong(voter('SP'), 12), invalid=True)
for state, shape in dict(SP='000.000.000.000', RJ='00.000.00-0', MG='000.000.000/0000', BA='0000000-00', RS='000/0000000',
                         PR='00000000-00', SC='000.000.000', AC='00.000.000/000-00').items():
    case('ie_' + state.lower() + '_form', 'text', 'ie', stripped(shape, IE[state]), uf=state, form='punctuated')
for state in STATES:
    case('ie_' + state.lower() + '_wrong', 'text', 'ie',
         lambda s, ok=IE[state]: re.fullmatch(r'\d{8,14}', s) and not ok(s), uf=state, invalid=True)


case('slip', 'text', 'linha_digitavel', slip)
case('slip_54', 'varchar(54)', 'linha_digitavel', stripped('00000.00000 00000.000000 00000.000000 0 00000000000000', slip))
case('slip_wrong', 'text', 'linha_digitavel', wrong(slip, 47), invalid=True)
case('pix', 'text', 'pix', lambda s: re.fullmatch('[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}', s))
case('pix_cpf', 'text', 'pix', cpf, kind='cpf')
case('pix_cnpj', 'text', 'pix', cnpj, kind='cnpj')
case('pix_phone', 'text', 'pix', lambda s: re.fullmatch(r'\+55\d\d90\d{7}', s), kind='phone')


def make(where):
    rules = []
    with open(where + '/ddl.sql', 'w') as f:
        f.write('CREATE SCHEMA docs;\n')
        for table in ('plain', 'uniq'):
            columns = []
            for name, (sql, generator, params, _) in CASES.items():
                sql = sql.replace('%s', name)
                columns.append(f'{name} {sql} NOT NULL' + (' UNIQUE' if table == 'uniq' else ''))
                rules.append({'type': 'column_generator', 'schema': 'docs', 'table': table, 'column': name,
                              'generator': {'id': generator}, 'params': params})
            f.write(f'CREATE TABLE docs.{table} (\n' + ',\n'.join(columns) + ');\n')
    plan = {'plan_version': '0.3', 'seed': 11, 'global': {'as_of': '2026-11-26'},
            'schema_ref': {'schema_version': '0.2', 'engine': 'postgres'},
            'targets': [{'schema': 'docs', 'table': t, 'rows': 1} for t in ('plain', 'uniq')], 'rules': rules}
    with open(where + '/plan.json', 'w') as f:
        json.dump(plan, f)


def check(where, rows):
    bad = 0
    for table in ('plain', 'uniq'):
        with open(f'{where}/docs.{table}.csv', newline='') as f:
            got = list(csv.DictReader(f))
        if len(got) != rows:
            sys.exit(f'{table}: {len(got)} rows')
        for name, (_, generator, params, valid) in CASES.items():
            values = [r[name] for r in got]
            wrong_ones = [v for v in values if not valid(v)]
            least = rows if table == 'uniq' else rows // 2
            if wrong_ones or len(set(values)) < least:
                bad += 1
                print(f'docs.{table}.{name}: {generator} {params}: {len(wrong_ones)} of {rows} break the rule, '
                      f'{len(set(values))} distinct; the first: {(wrong_ones or values)[0]}')
    sys.exit(bad > 0)


if __name__ == '__main__':
    # numbers that are printed as examples in the rules themselves
    assert cpf('52998224725') and cnpj('11222333000181')
    assert cnpj_digits('12ABC34501DE35') and ie_sp('110042490114') and ie_mg('0623079040081')
    assert IE['AC']('0100482300112') and IE['CE']('060000015') and IE['RR']('240066281')
    assert IE['RS']('2243658792') and IE['PR']('1234567850') and IE['PE']('032141840') and ie_ba('100000306')
    if sys.argv[1] == 'make':
        make(sys.argv[2])
    else:
        check(sys.argv[2], int(sys.argv[3]))
