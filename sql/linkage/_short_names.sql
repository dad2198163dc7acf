-- Short forms of given names that do not begin alike, or of which no letter may be left out: Bill
-- stands for William. Common English, Russian and Spanish ones, and the spellings of Muhammad; a
-- name that is not here is no short form.
select
    split_part(pair, ' ', 1) as short_name,
    split_part(pair, ' ', 2) as full_name
from (
    select
        unnest([
            'abby abigail', 'al albert', 'alex alejandro', 'alex aleksandr', 'alex alessandro',
            'alex alexander', 'alex alexandra', 'alex alexandre', 'alex alexandros',
            'alex alexei', 'alex alexey',
            'alyosha alexey', 'andy andreas', 'andy andrew', 'becky rebecca', 'ben benjamin',
            'beth elizabeth', 'beto alberto', 'betty elizabeth', 'bill william', 'bob robert',
            'charlie charles', 'chris christian', 'chris christina', 'chris christine',
            'chris christopher', 'chuck charles', 'cindy cynthia', 'dan daniel', 'dave david',
            'debbie deborah', 'dick richard', 'dima dmitri', 'dima dmitriy', 'dima dmitry',
            'don donald', 'doug douglas', 'drew andrew', 'ed edgar', 'ed eduardo', 'ed edward',
            'ed edwin', 'eddie edward', 'frank francis', 'frank franklin', 'fred frederick',
            'gabe gabriel', 'gene eugene', 'gerry gerald', 'greg gregory', 'hank henry',
            'harry henry', 'jack john', 'jake jacob', 'javi javier', 'jeff geoffrey',
            'jeff jeffrey', 'jenny jennifer', 'jerry gerald', 'jim james', 'jimmy james',
            'joe joseph', 'jon jonathan', 'josh joshua', 'kate catherine', 'kate katherine',
            'kathy katherine', 'katie katherine', 'katya ekaterina', 'ken kenneth', 'kike enrique',
            'kolya nikolai', 'kolya nikolay', 'kostya konstantin', 'larry laurence',
            'larry lawrence', 'lena elena', 'leo leonard', 'liz elizabeth', 'lola dolores',
            'lyosha alexey', 'maggie margaret', 'manolo manuel', 'masha maria', 'matt matthew',
            'max maximilian', 'md mohammad', 'md mohammed', 'meg margaret', 'mike michael',
            'miro miroslav', 'misha michael', 'misha mikhail',
            'mitya dmitry', 'mohamad muhammad', 'mohamed mohammad',
            'mohamed mohammed', 'mohamed muhammad', 'mohammad mohammed', 'mohammad muhammad',
            'mohammed muhammad', 'nacho ignacio', 'natasha natalia', 'natasha nataliya',
            'nate nathan', 'nate nathaniel', 'nick nicholas', 'nick nicolas', 'nick nikolaos',
            'olya olga', 'paco francisco', 'pat patricia', 'pat patrick', 'peggy margaret',
            'pepe jose', 'pete peter', 'phil philip', 'phil phillip', 'quique enrique',
            'rafa rafael', 'ravi ravindra', 'ravi ravindran',
            'rich richard', 'rick richard', 'rob robert', 'ron ronald',
            'sam samantha', 'sam samuel', 'sandy alexander', 'santi santiago', 'sasha aleksander',
            'sasha aleksandr', 'sasha aleksandra', 'sasha alexander', 'sasha alexandra',
            'sasha oleksandr', 'seryozha sergey', 'slava vyacheslav', 'steve stephen',
            'steve steven', 'sue susan', 'tanya tatiana', 'ted edward', 'ted theodore',
            'terry terence', 'tim timothy', 'tom thomas', 'tony anthony', 'tony antonio',
            'vanya ivan', 'vicky victoria', 'vlad vladimir', 'vlad vladislav', 'volodya vladimir',
            'walt walter', 'will william', 'zach zachary'
        ]) as pair
) as pairs
