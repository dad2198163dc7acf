"""The marks of titles: where words stand, and the many titles that only look alike."""

import pytest
from growth import assert_linear
from helpers import MORNING

from pipeline.contract.arrow import table_of_rows
from pipeline.models.catalogue import all_specs, load_models
from pipeline.models.runner import rows_of
from pipeline.storage.duckdb_engine import open_engine
from pipeline.text.keys import title_key
from pipeline.text.part_numbers import find_part
from pipeline.text.title_markers import find_mark

# One a line: the relation with the number of a part, "!" where the retracted paper itself says
# so, then the title; what is left of each is ON_LAZY_NETS.
ON_LAZY_NETS = "onlazynets"
MARKED = """
correction | Erratum: On Lazy Nets
correction | ERRATUM: ON LAZY NETS
correction | Erratum to: On Lazy Nets
correction | Erratum to "On Lazy Nets"
correction | Erratum to “On Lazy Nets” [J. Nets 12 (2010) 3–4]
correction | Corrigendum to ‘On Lazy Nets’ (J. Nets (2010) 12 (3–4))
correction | Corrigendum: On Lazy Nets
correction | Corrigenda. On Lazy Nets
correction | Publisher Correction: On Lazy Nets
correction | Author Correction: On Lazy Nets
correction | Publisher's Correction: On Lazy Nets
correction | Correction: On Lazy Nets
correction | Correction to: On Lazy Nets
correction | Correction to “On Lazy Nets”
correction | Correction to On Lazy Nets
correction | Corrections to "On Lazy Nets"
correction | Correction for Lund et al., On Lazy Nets
correction | Correction to Lund et al. (2010): On Lazy Nets
correction | On Lazy Nets (vol 3, pg 5, 2010)
correction | On Lazy Nets (vol 12, 345, 2019)
correction | On Lazy Nets (Vol. 3, pp. 5-9, 2010)
correction | On Lazy Nets (Erratum)
correction | On Lazy Nets [Erratum]
correction | On Lazy Nets. Erratum
correction | On Lazy Nets: Corrigendum
correction | On Lazy Nets - Erratum
correction | On Lazy Nets — Erratum
correction | "On Lazy Nets": Correction to Lund and Sorm (2010)
correction | "On Lazy Nets": Correction
correction | Errata: On Lazy Nets
correction | Errata for On Lazy Nets
correction | Erratum (On Lazy Nets)
correction | Berichtigung zu: On Lazy Nets
correction | Berichtigung: On Lazy Nets
correction | Korrektur zu: On Lazy Nets
correction | Fe de erratas: On Lazy Nets
correction | Fe de errata de "On Lazy Nets"
correction | Corrección: On Lazy Nets
correction | Correctif : On Lazy Nets
correction | Errata corrige: On Lazy Nets
correction | [Erratum] On Lazy Nets
correction | Notice of Correction: On Lazy Nets
correction | Correction notice to “On Lazy Nets” [Nets 3 (2010) 5]
correction | Publisher's Note: On Lazy Nets [Phys. Rev. N 12, 345 (2010)]
correction | Erratum: On Lazy Nets [Phys. Rev. N 12, 345 (2010)]
correction | Second erratum to: On Lazy Nets
retraction! | RETRACTED: On Lazy Nets
retraction! | Retracted: On Lazy Nets
retraction! | RETRACTED ARTICLE: On Lazy Nets
retraction! | RETRACTED CHAPTER: On Lazy Nets
retraction! | [Retracted] On Lazy Nets
retraction! | (Retracted) On Lazy Nets
retraction! | On Lazy Nets (Retracted)
retraction! | On Lazy Nets (Retracted article. See vol. 12, pg. 3, 2011)
retraction! | On Lazy Nets [RETRACTED]
retraction! | On Lazy Nets - Retracted
retraction! | RETRACTED ARTICLE On Lazy Nets
retraction | Retraction: On Lazy Nets
retraction | Retraction notice to "On Lazy Nets" [J. Nets 12 (2010) 3-4]
retraction | Retraction Note: On Lazy Nets
retraction | Retraction Note to: On Lazy Nets
retraction | Retraction of: On Lazy Nets
retraction | Retraction of "On Lazy Nets"
retraction | Notice of Retraction: On Lazy Nets
retraction | Statement of Retraction: On Lazy Nets
retraction | Retraction for Lund et al., On Lazy Nets
retraction | On Lazy Nets (Retraction of vol 12, pg 3, 2010)
withdrawal! | WITHDRAWN: On Lazy Nets
withdrawal! | Withdrawn: On Lazy Nets
withdrawal! | On Lazy Nets (withdrawn)
withdrawal! | [WITHDRAWN] On Lazy Nets
withdrawal | Withdrawal: On Lazy Nets
withdrawal | Withdrawal notice to: On Lazy Nets
withdrawal! | REMOVED: On Lazy Nets
withdrawal! | TEMPORARY REMOVAL: On Lazy Nets
concern | Expression of Concern: On Lazy Nets
concern | Editorial Expression of Concern: On Lazy Nets
concern | Expression of concern on "On Lazy Nets"
concern | Notice of Violation of IEEE Publication Principles: On Lazy Nets
addendum | Addendum: On Lazy Nets
addendum | Addendum to: On Lazy Nets
addendum | Addendum to On Lazy Nets
addendum | Supplementary Material for "On Lazy Nets"
addendum | Supplement to "On Lazy Nets"
addendum | Supporting Information for: On Lazy Nets
addendum | Nachtrag zu: On Lazy Nets
addendum | On Lazy Nets: Addendum
reply | Reply to "On Lazy Nets"
reply | Reply to: On Lazy Nets
reply | Reply to On Lazy Nets
reply | Reply to Lund et al.: On Lazy Nets
reply | Reply: On Lazy Nets
reply | A Reply to "On Lazy Nets"
reply | Response to "On Lazy Nets"
reply | Author Response: On Lazy Nets
reply | Authors' response to "On Lazy Nets"
reply | Authors’ Reply: On Lazy Nets
reply | Rejoinder: On Lazy Nets
reply | Rejoinder to "On Lazy Nets"
reply | On Lazy Nets: Reply
reply | On Lazy Nets - Reply
reply | On Lazy Nets: A Reply
reply | On Lazy Nets: Author's Reply
reply | On Lazy Nets. Rejoinder
reply | Response: On Lazy Nets
reply | In reply: On Lazy Nets
reply | Antwort auf "On Lazy Nets"
reply | Erwiderung zu: On Lazy Nets
reply | Réponse à « On Lazy Nets »
reply | Respuesta a "On Lazy Nets"
comment | Comment on "On Lazy Nets"
comment | Comment on ``On Lazy Nets''
comment | Comments on 'On Lazy Nets' by A. Lund
comment | Comment on On Lazy Nets
comment | Comment: On Lazy Nets
comment | A comment on "On Lazy Nets"
comment | Commentary on "On Lazy Nets"
comment | Commentary on Lund and Sorm's "On Lazy Nets"
comment | Commentary: On Lazy Nets
comment | Invited Commentary: On Lazy Nets
comment | Discussion of "On Lazy Nets" by A. Lund and R. Sorm
comment | Discussion of: On Lazy Nets
comment | Discussion: On Lazy Nets
comment | On Lazy Nets: Comment
comment | On Lazy Nets: A Comment
comment | On Lazy Nets - Discussion
comment | On Lazy Nets [Comment]
comment | Re: On Lazy Nets
comment | Re: 'On Lazy Nets'
comment | Letter to the Editor: On Lazy Nets
comment | Letter to the Editor regarding "On Lazy Nets"
comment | Kommentar zu: On Lazy Nets
comment | Commentaire sur "On Lazy Nets"
comment | Comentario sobre "On Lazy Nets"
review | Book review: On Lazy Nets
review | Book Review of On Lazy Nets
review | Review of "On Lazy Nets"
review | Review of On Lazy Nets
review | Review of On Lazy Nets by Ana Lund and Rita Sorm. Petri Press 2002
review | A review of "On Lazy Nets"
review | On Lazy Nets (book review)
review | On Lazy Nets - Book Review
review | Rezension: On Lazy Nets
review | Compte rendu de On Lazy Nets
review | Reseña de "On Lazy Nets"
review | Review of the book On Lazy Nets
data | Data from: On Lazy Nets
data | Data for: On Lazy Nets
data | Replication Data for: On Lazy Nets
data | Replication package for "On Lazy Nets"
data | Dataset for On Lazy Nets
data | Research data set for: On Lazy Nets
protocol | Study protocol: On Lazy Nets
protocol | Protocol for On Lazy Nets
protocol | On Lazy Nets: a study protocol
protocol | On Lazy Nets: trial protocol
protocol | On Lazy Nets (Protocol)
preface | Preface to "On Lazy Nets"
preface | Foreword to On Lazy Nets
slides | Slides: On Lazy Nets
slides | On Lazy Nets (slides)
slides | On Lazy Nets [talk slides]
poster | Poster: On Lazy Nets
poster | On Lazy Nets (poster)
poster | On Lazy Nets (Poster Abstract)
demo | Demo: On Lazy Nets
demo | On Lazy Nets (demo)
demo | Demo abstract: On Lazy Nets
talk | On Lazy Nets (Invited Talk)
abstract | On Lazy Nets (Extended Abstract)
abstract | On Lazy Nets [Abstract]
abstract | On Lazy Nets: Extended Abstract
tutorial | Tutorial: On Lazy Nets
edition2 | On Lazy Nets (Second Edition)
edition2 | On Lazy Nets, 2nd ed.
edition2 | On Lazy Nets (2nd Edition)
edition3 | On Lazy Nets, third edition
edition2 | On Lazy Nets 2. Auflage
edition2 | On Lazy Nets (zweite Auflage)
edition2 | On Lazy Nets, 2e édition
edition2 | On Lazy Nets (segunda edición)
editionrevised | On Lazy Nets (Revised Edition)
edition1 | On Lazy Nets (1st ed)
part2 | On Lazy Nets, Part II
partb | On Lazy Nets, Part B
partb | On Lazy Nets: Part B.
part2 | On Lazy Nets Part 2
part2 | On Lazy Nets: Part Two
part2 | On Lazy Nets (Part 2)
part2 | On Lazy Nets - Part 2: The Return
part2 | On Lazy Nets. Part II. The Return
part2 | Part II: On Lazy Nets
part2 | On Lazy Nets II
part2 | On Lazy Nets 2
part2 | On Lazy Nets (II)
part2 | On Lazy Nets, II
part2 | On Lazy Nets. II. Knots
part2 | On Lazy Nets II: Knots
part2 | On Lazy Nets. 2: Knots
part2 | On Lazy Nets 2: Knots
part2 | On Lazy Nets (II): Knots
part3 | On Lazy Nets, Vol. 3
part3 | On Lazy Nets: Volume 3
part4 | On Lazy Nets: Chapter 4
part5 | On Lazy Nets: Lecture 5
part2 | On Lazy Nets, Day 2
part2 | On Lazy Nets: Phase II
part2 | On Lazy Nets: Second Part
part2 | On Lazy Nets, 2nd part
partb | On Lazy Nets, Part B
partb | On Lazy Nets (Part B): Knots
part2 | On Lazy Nets Teil 2
part2 | On Lazy Nets (zweiter Teil)
part2 | On Lazy Nets, 2e partie
part2 | On Lazy Nets, deuxième partie
part1 | On Lazy Nets (primera parte)
part1 | On Lazy Nets, part 1 of 3
part2 | On Lazy Nets Ⅱ
part3 | On Lazy Nets III
part2 | On Lazy Nets (pt. 2)
part2 | On Lazy Nets—Part II
part2 | On Lazy Nets Part II: Knots
correction | Erratum for: On Lazy Nets
correction | Erratum for 'On Lazy Nets'
correction | Corrigendum for "On Lazy Nets," by Lund et al.
correction | Correction to: 'On Lazy Nets'
correction | Correction to: On Lazy Nets (Journal of Nets, (2010), 12, 3, (345-360), 10.1000/x)
correction | Correction: On Lazy Nets (Nets, 2010, 12, 345)
correction | Publisher Correction to: On Lazy Nets
correction | Author correction: On Lazy Nets.
correction | Erratum to: On Lazy Nets (J. Nets, 10.1007/s1-2)
correction | Corrigendum to "On Lazy Nets" [Nets 12 (2010) 345-360]
correction | ERRATUM: "ON LAZY NETS" (2010, ApJ, 714, 1096)
correction | Corrigendum to ``On Lazy Nets''
correction | Corrigendum: "On Lazy Nets"
correction | Corrigendum—On Lazy Nets
correction | Erratum— "On Lazy Nets"
correction | On Lazy Nets (Corrigendum)
correction | On Lazy Nets: Erratum.
correction | On Lazy Nets (vol 12, 345, 2010)
correction | On Lazy Nets (vol 12, e345, 2010)
correction | On Lazy Nets (vol 12, pg 3, 2010)
correction | On Lazy Nets (vol 12, art 3, 2010)
correction | On lazy nets. (vol 12, pg 345, 2010)
correction | On Lazy Nets (Correction)
correction | Correction to: On lazy nets?
correction | Erratum zu: On Lazy Nets
correction | Erratum à : On Lazy Nets
correction | Erratum à « On Lazy Nets » [Nets 12 (2010) 3–4]
correction | Corrigendum zu „On Lazy Nets“
correction | Fe de erratas de «On Lazy Nets»
correction | Corrección a: On Lazy Nets
correction | Errata to "On Lazy Nets"
retraction! | RETRACTED—On Lazy Nets
retraction! | RETRACTED PAPER: On Lazy Nets
retraction! | Retracted Article: On Lazy Nets
retraction! | On Lazy Nets (RETRACTED ARTICLE)
retraction! | On Lazy Nets [Retracted Article]
retraction! | [RETRACTED]: On Lazy Nets
retraction! | On Lazy Nets. [Retraction in: Nets. 2011 Mar;3(1):5]
retraction! | RETRACTED: On Lazy Nets (Retracted article. See vol. 3, 2010)
retraction | Retraction notice to: On Lazy Nets
retraction | Retraction: "On Lazy Nets"
retraction | Retraction to: On Lazy Nets
retraction | Retraction—On Lazy Nets
retraction | Statement of retraction: On Lazy Nets
withdrawal! | WITHDRAWN — On Lazy Nets
withdrawal! | [Withdrawn] On Lazy Nets
withdrawal! | On Lazy Nets [withdrawn by the author]
withdrawal! | Withdrawn Article: On Lazy Nets
withdrawal | Withdrawal of "On Lazy Nets"
reply | Authors' response: On Lazy Nets
reply | Response to the comment on "On Lazy Nets"
reply | Reply to comment on "On Lazy Nets"
reply | Response to: On Lazy Nets
reply | Response to Lund et al: On Lazy Nets
reply | Response to letter to the editor: On Lazy Nets
reply | Reply to the Editor: On Lazy Nets
reply | In response to "On Lazy Nets"
reply | Reply by the authors to "On Lazy Nets"
reply | On Lazy Nets: Response
reply | On Lazy Nets – The Authors' Reply
reply | Erwiderung auf: On Lazy Nets
comment | Comment on: On Lazy Nets
comment | Comment to "On Lazy Nets"
comment | Comments on: On Lazy Nets
comment | Comments regarding "On Lazy Nets"
comment | Some comments on "On Lazy Nets"
comment | Discussion on "On Lazy Nets"
comment | Discussion of the paper "On Lazy Nets"
comment | Discussion of On Lazy Nets
comment | A Discussion of "On Lazy Nets"
comment | Invited discussion of "On Lazy Nets"
comment | Editorial Comment: On Lazy Nets
comment | Letter regarding "On Lazy Nets"
comment | Letter by Lund Regarding Article, "On Lazy Nets"
comment | Re: "On Lazy Nets".
comment | On Lazy Nets: Comments
comment | On Lazy Nets: discussion
comment | Critique of "On Lazy Nets"
comment | Remarks on "On Lazy Nets"
comment | A Note on "On Lazy Nets"
comment | Notes on "On Lazy Nets"
review | Book Review: On Lazy Nets, by Ana Lund and Rita Sorm
review | Book Review: On Lazy Nets. By Ana Lund. Petri Press, 2010
review | [Review of the book On Lazy Nets, by A. Lund]
review | Review of "On Lazy Nets" by A. Lund
review | Book review - On Lazy Nets
addendum | Supplementary material to "On Lazy Nets"
addendum | Supplementary Materials: On Lazy Nets
addendum | Appendix to "On Lazy Nets"
addendum | Addendum to: "On Lazy Nets" [Nets 12 (2010) 3]
addendum | Addenda: On Lazy Nets
addendum | On Lazy Nets (Addendum)
addendum | On Lazy Nets: Supplementary Material
addendum | On Lazy Nets (Supplementary Material)
addendum | Online Appendix for "On Lazy Nets"
poster | [Poster] On Lazy Nets
poster | On Lazy Nets: Poster
slides | On Lazy Nets (Presentation Slides)
slides | Slides for "On Lazy Nets"
demo | On Lazy Nets (Demo Paper)
demo | [Demo] On Lazy Nets
demo | On Lazy Nets: Demo
abstract | Abstract: On Lazy Nets
abstract | On Lazy Nets - Extended Abstract
abstract | On Lazy Nets (Student Abstract)
abstract | On Lazy Nets: (Extended Abstract)
talk | Invited talk: On Lazy Nets
talk | Keynote: On Lazy Nets
edition2 | On Lazy Nets (2nd ed)
edition2 | On Lazy Nets, Second ed.
edition4 | On Lazy Nets 4th Edition
edition3 | On Lazy Nets [3rd edition]
edition2 | On Lazy Nets (2. Aufl.)
edition2 | On Lazy Nets. 2nd ed.
edition2 | On Lazy Nets / 2nd ed
edition2 | On Lazy Nets: Second Edition
part1 | On Lazy Nets, Part One
part1 | On Lazy Nets - I
part1 | On Lazy Nets, I: Knots
part1 | On Lazy Nets: I. Knots
part1 | On Lazy Nets. Part 1: Knots
part1 | On Lazy Nets - Part 1 of 2
part1 | On Lazy Nets: Part 1 - Knots
part1 | On Lazy Nets (Part 1): Knots
part1 | Part 1. On Lazy Nets
part1 | Part 1 - On Lazy Nets
part12 | On Lazy Nets XII
part2 | On Lazy Nets #2
part2 | On Lazy Nets, No. 2
part2 | On Lazy Nets (Pt II)
part2 | On Lazy Nets; part 2
part2 | On Lazy Nets Vol 2
part2 | On Lazy Nets. Band 2
part2 | On Lazy Nets. Tome II
part2 | On Lazy Nets, Parte II
part2 | On Lazy Nets, Partie 2
part2 | On Lazy Nets, Teil II: Knoten
part2 | On Lazy Nets, 2. Teil
""".strip().split("\n")
# Nothing is left of these.
ALONE = {
    "Erratum": "correction",
    "[Erratum]": "correction",
    "ERRATA": "correction",
    "Corrigendum.": "correction",
    "Correction": "correction",
    "Correction to: Author Index": "correction",
    "Retraction": "retraction",
    "In reply": "reply",
    "Reply": "reply",
    "Author's reply": "reply",
    "Rejoinder": "reply",
    "Comment": "comment",
    "Discussion": "comment",
}
# The words belong to what the papers are about.
UNMARKED = """
Radiative Corrections to Muon Decay
Corrective Maintenance
Errata Detection in Printed Books
Retraction Algebras
Retraction and Generalized Extension of Computing with Words
Retracts of Posets: The Chain-Gap Property
Withdrawal and Relapse
Removal: Forest Loss
Reply Paths in Onion Routing
Comments in Source Code
Comment Ranking
Discussion Threads
Discussions of Climate on Twitter
Letter Recognition
Letters on Shape
Letter to Sound Rules
Remarks on the Foundations of Mathematics
Notes on Camp
A Note on the Independence of X
Note on Graph Coloring
Supplementation of Zinc
Addenda Management in Construction
Appendix: A Forgotten Organ
Preface Effects
Introduction: Nets
Slide Presentation by Robots
Demonstrating Nets
Panel on Ethics
Tutorial on Nets
Abstract Nonsense: Categories
Review
Review Articles
Reviews of Modern Nets
Book Review Mining
Reviews
Edition: A Markup Tool
Editions of Plato
2nd Workshop on Nets
Second Workshop on Nets
The Third Wave
Third Generation Nets
The Fourth Paradigm
First Edition Copies: Value
Encyclopedia of Nets
Handbook of Nets, Volume Rendering
Sound Volume Control
Volume I/O
Chapter and Verse
Book of Life
Lecture 2 Go
Part Time Work
Part A Priori
Take Part
Spare Part 2 Stock
Body Part 3D Pose
Study 1
Paper 2.0
Paper Folding 101
Nets 101
Physics 101
Nets v. Sets
Vitamin C
Vitamin K2
C60
YOLOv4
YOLO 9000
ResNet 50
Training ResNet 50
Inception V3
Swin Transformer V2
PointNet++
AlphaGo Zero
Playing Atari 2600
IPv6
5G and 6G
From 4G to 5G
Under 5
Children under 5
Ages 2 to 5
Class of 99
Twenty Questions
Seven plus or minus 2
1, 2, 3
Three in One
All for One
Two by Two
One by One
One on One
Part One on One
Zero to One
Hour One
Version Two
Plan A and Plan B
Team B
Model A
Case B
Nets of Type B
Group I Introns
Phase I
Phase III Trials
Stage III
NYHA Class III
Deep Nets, Stage 2
Nets for Stage 2
Sapiens V
Rocky V
Louis XIV
Henry VIII
Chapter 7 Bankruptcy
Section 8 Housing
Article V Conventions
Book I of Euclid
Symphony in C
Key of E
Point A to Point B
Hepatitis C
Protein C
Caspase 3
Interleukin 6
Role of Interleukin 6
Levels of Interleukin 2
Angiotensin II
Topoisomerase II
Inhibitors of Topoisomerase II
Collagen Type II
mTOR Complex 1
Cu(II)
Copper(II)
Synthesis of Iron(II)
Sorption of Lead(II)
Uranium (VI)
Removal of Uranium (VI)
Complexes of Gold (I)
Isotope 18
Carbon 14
Dating by Carbon 14
Uranium 238
Strontium 90
Gliese 581
Voyager 1
Voyager 2
Plasma from Voyager 2
Images by Sentinel 2
Mapping with Sentinel 2
Sentinel 2: Mission Status
Landsat 8
Water from Landsat 8
LIGO and Virgo: O2
Run 2
Searches in Run 2
LHC Run 3
ATLAS in Run 3
Cycle 24
Solar Cycle 24
Storms of Solar Cycle 24
Problem 10
Hilbert's Tenth Problem
Hilbert's Problem 10
Lemma 2
Psalm 23
Route 1
Highway 61
Channel 4
Removal of Arsenic (V)
Formula 1
Error Correction for Lazy Nets
Comment Spam Detection
Comment Generation with Transformers
Comments Matter: Learning to Summarise Code
Reply Suggestion with Transformers
Reply-All: Email Storms Explained
Errata-Driven Development
Correction-by-Construction Programming
Corrections and Refinements of Plans
Correcting for Selection
Slides Generation from Papers
Slides2Video: Narrated Decks
Review-Based Recommendation
Review Helpfulness Prediction
Reviews and Ratings: A Joint Model
Reviewing the Reviewers
On the Retraction of Maps
Retraction Watch: Ten Years of Data
Retracted Papers Keep Being Cited
Retracting Neurons
Withdrawn Patients in Trials
Withdrawal Symptoms after Opioids
Withdrawal from Antidepressants
Notes on Nets
Part-of-Speech Tagging
Part of the Whole: Mereology in Databases
Part-Based Models of Cars
Parts and Wholes
Edition Wars: Collation of Manuscripts
Critical Edition of Texts by Computer
Response Time Analysis
Response Surface Methods: A Review
Rejoinders in Dialogue
Discussion Forums and Learning
Addendum-Based Contracts
Appendix Rupture in Children
Appendix Cancer: A Case Report
Supplement Use among Athletes
Supplementary Food for Infants
Supplementary Information Improves Retrieval
Preface Paradox and Belief
Poster Design for Scientists
Poster2Slides: Layout
Demo Pretraining for Robots
Demonstrations as Rewards
Tutorial Systems and Learners
Panel Data Models
Panel Study of Incomes
Talk to Me: Speech Agents
Talking Heads: A Survey
Abstract Interpretation
Abstract Argumentation Frameworks
Keynote Speakers and Gender
Lecture Notes on Graphs
Lecture Capture in Classrooms
Volume Rendering of Clouds
Volume 3D Reconstruction
Chapter Segmentation of Books
Chapter-Llama: Long Videos
Phase Transitions in Nets
Phase 2 Trial of a Drug
A Phase II Trial of a Drug
Nets in 3D
Nets in 2.5D
Deep Nets for 2.5
Reasoning with GPT-4
Talking with LLaMA 2
Fine-Tuning LLaMA 3
Open Foundation Models: LLaMA 2
LLaMA 2: Open Foundation Models
SAM 2: Segment Anything in Images and Videos
COVID-19
Outcomes of COVID-19
SARS-CoV-2
Coding in H.264
Learning L2
Mashups in Web 2.0
Factories of Industry 4.0
50 Years of Nets
Top 10
Lessons of the Top 10
Findings of the Workshop 2024
The Year 2000
Nets in 1998
Type 2 Diabetes
Adults with Diabetes Type 2
Propaganda in World War II
Effects of Angiotensin II
Photosystem II
Complexes of Copper (II)
Oxidation of Iron (III)
Adsorption of Cr(VI)
Factor V and Factor X
Reading Henry V
System V
Malcolm X
Class I and Class II
Grade 3
Support Vector Machines on Level 2
Model Predictive Control on Tier 1
Nets at SemEval-2016 Task 4
Win at SemEval 2020 Task 12
Python 3
Migrating to Java 8
Study of Windows 95
HTML5
Apollo 11
Catch-22
Nine Inch Nails
Vitamin B
Hepatitis B
Influenza A
Group A
Streptococcus Group B
Plan B
Vitamin D
Type I
Error of Type II
Sorting in Time n log n
Is 1 + 1 = 2
Between 0 and 1
Matching in Dimension 2
Graphs of Degree 3
Nets of Rank 1
Groups of Order 12
Fields of Characteristic p
Route 66
Area 51
Level 5
Bohr and Planck: A Dialogue
Correct by Construction
Peer Review: A Review
A Review
Deep Learning: A Review
Deep Learning: Review
Deep Learning (Review)
Peer Review
Systematic Review of Nets
Book Reviews as Data
Book Recommendation
Retracing Steps
Edit Distance
Special Edition Cars
Microsoft Site Server (Commerce Edition)
Workshop Report
Report on the Workshop
Editorial
Guest Editorial
Preface
Foreword
Editorial: Nets
Letter from the Editor
Data from Space
Data: On Nets
Data Protocols of Nets
Protocols for Nets
Routing Protocol
Letters: Nets
A Letter to My Students
Rebuttal and Response in Debates
Author Response Times
Author Identification
Publisher Corrections in Early Print
Publisher Subscribe Systems
In Reply We Trust
Withdraw: Stopping Rules
Demonstration of Nets
Demonstration of a Quantum Processor
Presentation of Groups
Presentations of Groups
Supporting Information Needs of Patients
Supporting Information Seeking
Notice of Intent
Statement of Work
Notice and Comment
Grammar: Error Detection and Correction
Climate Models: Bias Correction
Stemming: Reply Detection and Comment
Second Order Logic
Second Language Acquisition
First Part of Speech
Part Two
Second Part of the Day
Two Parts
Book 2.0
Section 230
Article 13
Day One
Day 1
Week 3
Unit 731
Act 2
Chapter 11
Series 60
Session 5
Paper 2
Round 2
Issue 3
No. 1
Lesson 1
Module 7
Study 329
Taking Part I Lost
Take Part A Winner
Sets of Part I
Part I
Vol. 3
2nd Edition
(II)
II
2
(Retracted)
: Erratum
RETRACTED
WITHDRAWN
Erratum Kinds in Codes
Corrigendum Lists
Removed: Images and Memory
Removal of Noise
Correctness: A Proof
Corrections Officers and Stress
Correction Fluid
A Correction Scheme: Nets
Replies in Forums
Comment Threads: Structure
Commentary Tracks
Commentary Generation for Football
Antworten auf Fragen
Re-Ranking
Review: Nets
Deep Nets v2
Deep Nets V2
Nets+1
StarCraft II: A Challenge
Super Mario 64
Mars 2020
Agenda 2030
Horizon 2020
Vision 2030
Fortran 90
ICD-10
ICD 10
DSM IV
Basel III
Title IX
Elizabeth II
John Paul II
Robots and I
Me, Myself and I
You and I
The King and I
Between You and I
Me and the A
Alert-BDI: BDI Models
BDI
Act III
""".strip().split("\n")
# They may be: it takes another title that is what is left.
DOUBTFUL = """
Erratum-Free Proofs with Lean
Correction of Bias in Surveys
Retractions of Varieties
Response to Treatment in Stroke
Dataset of Birds
Data for Development
A Protocol for Packet Networks
Nets: Protocol
Nets: Study Protocol for a Trial
Response of Plants to Heat
Discussion of Results in Papers
Introduction to Algorithms
Introduction to the Theory of Nets
Vitamin B 12
Why P is not 7
Characters in Characteristic 2
Knots with Crossing Number 9
Graphs of Clique Number 3
Room No. 5
Symphony No. 9
Corrective Feedback: A Comment on Teaching
A Review of Deep Learning
Review of Deep Learning Methods
Notice-and-Comment Rulemaking: Discussion
Public Debate: Discussion
Dialogue Acts: Response
Spelling: Correction
Nets - Correction
Numbers: 1
Ei ne 2
Discussion of Ethics in Nets
Discussion on Reddit
Comments on Reddit
Comment on Facebook Posts
Comments on YouTube: A Corpus
Commentary on Football Games
Response to Disasters
Response to Stress in Plants: A Review
Response to "Stop" Signals
Responses to Fear
Preface to Logic
Slides for Teachers
Re: Thinking Nets
RE:DUCE
Review of Literature
Review of the Literature
A Review of the Literature on Nets
Nets II
Nets 2
Nets (2)
Nets: 2
C++ 11
Half-Life 2
Dota 2
Playing Dota 2
Playing StarCraft II
Playing Minecraft 2: Nets
Segment Anything 2
Bundle I
Matter I
""".strip().split("\n")


def told(title: str) -> str:
    mark = find_mark(title)
    assert mark, f"no mark: {title}"
    return f"{mark.relation}{mark.part_number or ''}{'!' if mark.is_of_itself else ''}"


@pytest.mark.parametrize("line", MARKED)
def test_a_marked_title_names_the_other(line: str):
    relation, _, title = line.partition(" | ")
    assert told(title) == relation
    mark = find_mark(title)
    assert mark
    assert mark.base_key == ON_LAZY_NETS
    assert mark.marker


@pytest.mark.parametrize(("title", "relation"), ALONE.items())
def test_a_mark_alone_leaves_no_title(title: str, relation: str):
    assert told(title) == relation
    mark = find_mark(title)
    assert mark
    assert mark.base_key is None


@pytest.mark.parametrize("title", UNMARKED)
def test_other_titles_bear_no_mark(title: str):
    assert find_mark(title) is None


@pytest.mark.parametrize("title", DOUBTFUL)
def test_doubtful_words_are_weak(title: str):
    mark = find_mark(title)
    assert mark
    assert mark.is_weak


def test_a_protocol_of_a_trial_names_the_trial():
    mark = find_mark("Lazy Nets: study protocol for a randomised trial")
    assert mark
    assert (mark.relation, mark.base_key) == ("protocol", "lazynetsarandomisedtrial")


def test_the_outermost_mark_counts():
    mark = find_mark("Erratum: Comment on On Lazy Nets, Part II")
    assert mark
    assert (mark.relation, mark.base_key) == ("correction", "commentononlazynetspartii")


@pytest.mark.parametrize(
    ("title", "number"),
    [("X Rings, Part IX", "9"), ("X Rings, Part 07", "7"), ("X Rings, Part B", "b")],
)
def test_numbers_of_parts_have_one_form(title: str, number: str):
    part = find_part(title)
    assert part
    assert part.number == number


def test_the_first_look_passes_every_mark_on():
    """The SELECT before the function only spares work: no title that bears a mark falls out."""
    model, specs = load_models()["linkage.title_marks"], all_specs()
    titles = [line.partition(" | ")[2] for line in MARKED] + list(ALONE) + DOUBTFUL
    given = [
        {"record_id": f"{n:03}", "title": title, "title_key": title_key(title)}
        for n, title in enumerate(titles)
    ]
    with open_engine() as engine:
        spec = specs["staging.records"]
        engine.show_rows(spec, table_of_rows(spec, given))
        found = {row["record_id"] for row in rows_of(engine, model, MORNING).to_pylist()}
    assert [row["title"] for row in given if row["record_id"] not in found] == []


@pytest.mark.parametrize(
    "piece",
    ["(", "()", "(a)", '"', "' ", "- ", ": ", "part ", "part i ", "comment on ", "i ", "1 ", "[1]"],
)
def test_long_junk_takes_no_longer_than_its_length(piece: str):
    for end in ("", "x", " part", " comment"):
        assert_linear(lambda n, end=end: find_mark((piece * n)[: n - len(end)] + end), 1000, end)
    assert_linear(lambda n: find_mark(f"Comment on {piece * n}"[:n]), 1000, "Comment on")
    assert_linear(lambda n: find_mark(piece * n), 100_000)
