-- Short forms of given names that do not begin alike, or of which no letter may be left out: Bill
-- stands for William. Common English and Russian ones; a name that is not here is no short form.
select
    split_part(pair, ' ', 1) as short_name,
    split_part(pair, ' ', 2) as full_name
from (
    select
        unnest([
            'abby abigail', 'al albert', 'alex alexander', 'alex alexandra', 'alex alexandre',
            'alex alexey', 'alex alexei', 'alyosha alexey', 'andy andrew', 'andy andreas',
            'becky rebecca', 'ben benjamin', 'beth elizabeth', 'betty elizabeth', 'bill william',
            'bob robert', 'charlie charles', 'chris christian', 'chris christina',
            'chris christine', 'chris christopher', 'chuck charles', 'cindy cynthia',
            'dan daniel', 'dave david', 'debbie deborah', 'dick richard', 'dima dmitry',
            'dima dmitri', 'dima dmitriy', 'don donald', 'doug douglas', 'drew andrew',
            'ed edward', 'eddie edward', 'frank francis', 'frank franklin', 'fred frederick',
            'gene eugene', 'gerry gerald', 'greg gregory', 'hank henry', 'harry henry',
            'jack john', 'jake jacob', 'jeff geoffrey', 'jeff jeffrey', 'jenny jennifer',
            'jerry gerald', 'jim james', 'jimmy james', 'joe joseph', 'jon jonathan',
            'josh joshua', 'kate catherine', 'kate katherine', 'kathy katherine', 'katie katherine',
            'katya ekaterina', 'ken kenneth', 'kostya konstantin', 'larry lawrence',
            'larry laurence', 'lena elena', 'leo leonard', 'liz elizabeth', 'lyosha alexey',
            'maggie margaret', 'masha maria', 'matt matthew', 'max maximilian', 'meg margaret',
            'mike michael', 'misha mikhail', 'nate nathan', 'nate nathaniel', 'nick nicholas',
            'nick nicolas', 'nick nikolaos', 'olya olga', 'pat patricia', 'pat patrick',
            'peggy margaret', 'pete peter', 'phil philip', 'phil phillip', 'rich richard',
            'rick richard', 'rob robert', 'ron ronald', 'sam samantha', 'sam samuel',
            'sandy alexander', 'sasha aleksandr', 'sasha alexander', 'seryozha sergey',
            'slava vyacheslav', 'steve stephen', 'steve steven', 'sue susan', 'tanya tatiana',
            'ted edward', 'ted theodore', 'terry terence', 'tim timothy', 'tom thomas',
            'tony anthony', 'tony antonio', 'vanya ivan', 'vicky victoria', 'vlad vladimir',
            'vlad vladislav', 'volodya vladimir', 'walt walter', 'will william', 'zach zachary'
        ]) as pair
) as pairs
