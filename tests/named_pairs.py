"""Pairs of spellings, and whether they may be one person's (`text.name_agreement`)."""

_PAIRS = """
Wei Wang | Wei-Wei Wang | other
Jun Li | Jun-Hui Li | other
W. Wang | Wei Wang | fuller
Bill Gates | William Gates | fuller
Sinong Zhan | Sinong Simon Zhan | fuller
Sinong Zhan | Simon Sinong Zhan | fuller
Sinong Zhan | Zhan Sinong | turned
Sinong Simon Zhan | Simon Sinong Zhan | turned
Sinong Simon Zhan | Zhan Sinong | turned
Simon Sinong Zhan | Zhan Sinong | turned
Simon Zhan | Simon Sinong Zhan | fuller
Müller, A | A. Mueller | same
Anna Müller | Anna Muller | same
Anna Mueller | Anna Muller | same
Anna Schmidt-Weber | Anna Schmidt | fuller
Anna Weber | Anna Schmidt-Weber | fuller
A. Schmidt-Weber | A. Schmidt | other
Qwen Team | Wei Team | other
The Qwen Team | Qwen Team | same
Jae-Hyun Kim | Jae Hyun Kim | same
Jae-Hyun Kim | Jaehyun Kim | same
Kim Jaehyun | Jae-Hyun Kim | turned
J.-P. Serre | Jean-Pierre Serre | fuller
Serre J-P | JP Serre | same
Jean Serre | Jean-Pierre Serre | other
J. Serre | Jean-Pierre Serre | fuller
J.-K. Serre | Jean-Pierre Serre | other
山田 太郎 | 山田太郎 | same
王伟 | Wei Wang | same
YixinChen | Yixin Chen | same
Xu "Kevin" Wang | Kevin Wang | fuller
Xu "Kevin" Wang | Xu Wang | fuller
Fan Yang 0024 | Fan Yang | same
Nan Duan 0001 | Nan Duan | same
Fan Yang 0024 | Fan Yang 0001 | other
Sam Lee Jr. | Sam Lee III | other
Sam Lee Jr. | Sam Lee | fuller
Ana Ruiz | Ana Ruiz Soler | fuller
Ana Soler | Ana Ruiz Soler | fuller
Hany Hassan Awadalla | Hany Awadalla | fuller
Wei Li | Wei Li Zhang | other
Wei Zhang | Li Wei Zhang | other
Anna Maria Lund | Anna Karin Lund | other
Anna M. Lund | Anna K. Lund | other
Anna M. Lund | A. Maria Lund | fuller
Jan van den Berg | Jan Berg | fuller
Jan Vandenberg | Jan van den Berg | same
Xiaoyun Li | Xiaoyan Li | other
Micheal Jordan | Michael Jordan | slip
Jan Kowalski | Jan Kowalsky | same
Peter Krzyzewski | Peter Krzyzevski | slip
Rosemann, Mat | Rosemannn, Mat | slip
T.-C. Wu | Tingmin Wu | other
T.-M. Wu | Tingmin Wu | fuller
LiWei | Wei Li | turned
Bo He | Wen Bo He | other
Hu Jin | Jin-Yan Hu | other
Xiao-Ling Yu | Lingyu Xiao | other
H. S. Kim | S. H. Kim | other
Richard Y. Wang | Y. Richard Wang | turned
Fu Guo | James Guo Ming Fu | other
Jospeh Sander | Joseph Sander | slip
Rampraasath R. Selva | Ramprasath R. Selva | slip
Dmitrii Orlov | Dmitry Orlov | slip
Maria-Florina F. Baran | Maria Florina Baran | fuller
Barnabás P óczek | Barnabás Póczek | fuller
Alex Dimou | Alexandros G. Dimou | fuller
Mariana Lopez | Mariano Lopez | other
Xuemin Shen | Xuemin | other
Xuemin Shen | Shen | fuller
Wei Wang | Wang Wei | turned
Sergey Ivanov | Sergei Ivanov | same
Conan O’Brien | Conan O'Brien | same
McDonald, Ann | Ann Mc Donald | same
Gabriel García-Márquez | Gabriel García Márquez | same
Jiangyan Ma | George Ma | other
Authors | Authors | other
Mohammad Rahman | Md. Rahman | fuller
S. Zhan | Jian Sinong Zhan | other
Robert Oppenheimer | J. Robert Oppenheimer | fuller
Nguyen Van Anh | Van Anh Nguyen | same
Anh Nguyen | Van Anh Nguyen | fuller
Ramesh K | Ramesh Kumar | fuller
Ramesh K | K. Ramesh | same
Chan Tai Man | Tai-man Chan | turned
Park Chan-wook | Chan-wook Park | same
Thi Sau Vo | Võ Thị Sáu | same
T.V. Raman | Tara V. Raman | fuller
Nagy István | István Nagy | turned
Ivanov Yu.V. | Yuri Ivanov | fuller
Tim Berners-Lee | Sir Tim Berners-Lee | same
Wei Zhang | Wei Zhao | other
Wei Zhang 0001 | Wei Zhang 0002 | other
al-Khwarizmi, Musa | Musa Khwarizmi | fuller
Weijie Liu | W Liu | fuller
Weijie Liu | Liu W | fuller
DiWu | Di Wu | same
Bill Gates | William H Gates | fuller
Sergei Levin | Sergey Levin | same
Wei Jie Liu | Liu Weijie | turned
Kuen Lim | K Lim | fuller
Ann Lee Jr | Ann Lee | fuller
Ann Lee | Lee A Smith | other
Chen Chen | Chen Wang | other
Jo Day | Jo Fox | other
Jörg Müller | J. Mueller | fuller
Mohamed Salah | Muhammad Salah | fuller
Kike Ruiz | Enrique Ruiz | fuller
Yousef Hassan | Youssef Hassan | slip
Xiaoyu Wang | Xiaoyun Wang | other
Yuexin Wang | Yuxin Wang | other
Gabriel Costa | Gabriela Costa | other
Jiaen Wang | Jian Wang | other
Javi Lopez | Javier Lopez Ruiz | fuller
J Lopez | Javier Lopez Ruiz | other
Xiaomin Wang | Xiaoming Wang | other
Maria Keller | Maria Kellar | slip
"""
ROWS = [tuple(line.split(" | ")) for line in _PAIRS.strip().splitlines()]
