-- The size, what is numbered by it, and a name for everybody: about two people of a million share one.
create function pg_temp.people() returns bigint language sql as $$ select current_setting('scale.people')::bigint $$;
create function pg_temp.teams() returns bigint language sql as $$ select pg_temp.people() / 10 $$;

-- Ids in the order in which they were made, as the program's own are.
create function pg_temp.id(kind text, n bigint) returns uuid language sql immutable as $$
    select (kind || lpad(to_hex(n), 31, '0'))::uuid
$$;

-- One of the numbers from 1 to `among`, always the same for n and salt.
create function pg_temp.pick(n bigint, salt bigint, among bigint) returns bigint language sql immutable as $$
    select 1 + (hashint8extended(n, salt) & 9223372036854775807) % among
$$;

create temporary table names as
    select n, (array['Amara', 'Ben', 'Cleo', 'Dario', 'Elif', 'Femke', 'Goran', 'Hanna', 'Ines', 'Jonas', 'Kwame', 'Lucía',
                     'Mei', 'Nora', 'Olga', 'Pavel', 'Quentin', 'Rosa', 'Søren', 'Tomás', 'Ulla', 'Viktor', 'Wanda', 'Xenia',
                     'Yuki', 'Zoë', 'Anika', 'Bilal', 'Chidi', 'Dunja', 'Emre', 'Fatou'])[pg_temp.pick(n, 1, 32)] || ' '
           || initcap(s[pg_temp.pick(n, 2, 26)] || s[pg_temp.pick(n, 3, 26)] || s[pg_temp.pick(n, 4, 26)]) as name
    from generate_series(1, pg_temp.people() + current_setting('scale.deep')::bigint) n,
         (select array['ber', 'car', 'dal', 'en', 'fos', 'gren', 'hol', 'is', 'jan', 'kov', 'lind', 'mar', 'nak', 'oka', 'pet',
                       'qui', 'ros', 'sen', 'tan', 'ul', 'vik', 'win', 'xan', 'yil', 'zal', 'ström'] as s) syllables;
create temporary table keys (name text primary key, key bytea not null);
