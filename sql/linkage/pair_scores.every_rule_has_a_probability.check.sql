-- every rule but the evidence has its probability in reference.match_rules, every profile its own
with rules as (select * from reference.match_rules),

profiles as (select * from reference.match_profiles)

select distinct scores.profile, scores.match_rule
from linkage.pair_scores as scores
left join rules on scores.profile = rules.profile and scores.match_rule = rules.match_rule
left join profiles on scores.profile = profiles.profile
where (scores.match_rule <> 'evidence' and rules.probability is null) or profiles.profile is null
