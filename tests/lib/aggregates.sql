-- COLUMN|ROWS|DIFFERENT: each aggregate of tests/fixtures/aggregates.sql held against what
-- PostgreSQL makes of the children that are there.
WITH linhas AS (
    SELECT p.loja, p.numero, coalesce(sum(l.valor), 0) AS total, count(l.loja) AS linhas,
           count(l.loja) FILTER (WHERE l.preco > 500 AND l.desconto IS NOT NULL) AS caras,
           min(l.desconto) AS menor, max(l.valor) FILTER (WHERE l.qtd < 5) AS maior,
           avg(l.preco) AS media
    FROM agg.pedidos p LEFT JOIN agg.linhas l ON (l.loja, l.pedido) = (p.loja, p.numero)
    GROUP BY 1, 2
), eventos AS (
    SELECT p.loja, p.numero, max(e.dia) AS ultimo, nullif(count(e.id), 0) AS eventos,
           coalesce(sum(e.peso * e.grau), -1) AS peso, max(e.grau) FILTER (WHERE e.peso > 50) AS pior
    FROM agg.pedidos p LEFT JOIN agg.eventos e ON (e.loja, e.pedido) = (p.loja, p.numero)
    GROUP BY 1, 2
), notas AS (
    SELECT p.loja, p.numero, coalesce(sum(n.nota), 0) AS nota
    FROM agg.pedidos p LEFT JOIN agg.notas n ON (n.loja, n.pedido) = (p.loja, p.numero)
    GROUP BY 1, 2
), recibos AS (
    SELECT p.loja, p.numero, max(r.valor) AS recibo
    FROM agg.pedidos p LEFT JOIN agg.recibos r ON (r.loja, r.pedido) = (p.loja, p.numero)
    GROUP BY 1, 2
), clientes AS (
    SELECT c.id, count(p.loja) AS pedidos, coalesce(sum(p.total - p.desconto), 0) AS comprou,
           min(p.feito_em) AS primeiro
    FROM agg.clientes c LEFT JOIN agg.pedidos p ON p.cliente_id = c.id GROUP BY 1
), extras AS (
    SELECT l.loja, l.pedido, l.n, coalesce(sum(x.valor), 0) AS extras
    FROM agg.linhas l LEFT JOIN agg.extras x
        ON (x.loja, x.pedido, x.n) = (l.loja, l.pedido, l.n) GROUP BY 1, 2, 3
)
SELECT v.name, count(*), count(*) FILTER (WHERE v.has IS DISTINCT FROM v.want)
FROM agg.pedidos p
    JOIN linhas l USING (loja, numero) JOIN eventos e USING (loja, numero)
    JOIN notas n USING (loja, numero) JOIN recibos r USING (loja, numero),
    LATERAL (VALUES
        ('pedidos.total', p.total, l.total), ('pedidos.linhas', p.linhas, l.linhas),
        ('pedidos.caras', p.caras, l.caras), ('pedidos.menor', p.menor, l.menor),
        ('pedidos.maior', p.maior, l.maior), ('pedidos.media', p.media, round(l.media, 4)),
        ('pedidos.ultimo', p.ultimo - DATE '2000-01-01', e.ultimo - DATE '2000-01-01'),
        ('pedidos.eventos', p.eventos, e.eventos), ('pedidos.peso', p.peso::numeric, e.peso),
        ('pedidos.pior', p.pior, e.pior), ('pedidos.nota', p.nota, n.nota),
        ('pedidos.recibo', p.recibo, r.recibo)) v (name, has, want)
GROUP BY 1
UNION ALL
SELECT v.name, count(*), count(*) FILTER (WHERE v.has IS DISTINCT FROM v.want)
FROM agg.clientes c JOIN clientes k USING (id),
    LATERAL (VALUES
        ('clientes.pedidos', c.pedidos, k.pedidos), ('clientes.comprou', c.comprou, k.comprou),
        ('clientes.primeiro', c.primeiro - DATE '2000-01-01', k.primeiro - DATE '2000-01-01')
    ) v (name, has, want)
GROUP BY 1
UNION ALL
SELECT 'linhas.extras', count(*), count(*) FILTER (WHERE l.extras IS DISTINCT FROM x.extras)
FROM agg.linhas l JOIN extras x USING (loja, pedido, n)
UNION ALL
SELECT 'produtos.vendidos', count(*), count(*) FILTER (WHERE p.vendidos <> (
    SELECT coalesce(sum(l.qtd), 0) FROM agg.linhas l WHERE l.produto_id = p.id))
FROM agg.produtos p
UNION ALL
SELECT 'pagamentos.valor', count(*), count(*) FILTER (WHERE g.valor IS DISTINCT FROM round(p.total / 2, 2))
FROM agg.pagamentos g JOIN agg.pedidos p ON (g.loja, g.pedido) = (p.loja, p.numero)
ORDER BY 1;
