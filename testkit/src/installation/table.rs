//! What was published as which build, with the versions that came with it.
//!
//! The versions of kernel files are those of the service pack as a whole; single files of it differ
//! in their revision.

use staunch_model::Family;

/// A release or service pack as its setup installs it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Build {
    pub(super) family: Family,
    pub(super) service_pack: u8,
    /// Name of a release that is serviced by version, such as `22H2`; empty for others.
    pub(super) name: &'static str,
    /// Number that the registry tells; from Windows 10 on it may be higher than that of the files.
    pub(super) number: u16,
    /// Version of the kernel files.
    pub(super) version: [u16; 4],
    /// Branch and time of the build; empty where the registry does not tell it.
    pub(super) branch: &'static str,
    /// Day of the release as year, month and day: 20040804.
    pub(super) day: u32,
    /// Version of the Internet Explorer that came with it; all zeros for none that tells one.
    pub(super) explorer: [u16; 4],
    /// Number of the .NET Framework 4 that came with it; 0 for none.
    pub(super) net_release: u32,
}

use Family::*;

#[rustfmt::skip]
pub(super) const BUILDS: &[Build] = &[
    //  family, pack, name, number, version of files, branch, day, Internet Explorer, .NET 4
    old(WindowsNt4,   6, 1381, [4, 0, 1381, 335],   "",                              19991130, [0; 4]),
    old(Windows2000,  0, 2195, [5, 0, 2195, 1],     "",                              20000217, [5, 0, 2920, 0]),
    old(Windows2000,  1, 2195, [5, 0, 2195, 1620],  "",                              20000731, [5, 0, 3105, 106]),
    old(Windows2000,  2, 2195, [5, 0, 2195, 2951],  "",                              20010516, [5, 0, 3315, 1000]),
    old(Windows2000,  3, 2195, [5, 0, 2195, 5438],  "",                              20020729, [5, 0, 3502, 1000]),
    old(Windows2000,  4, 2195, [5, 0, 2195, 6717],  "",                              20030626, [5, 0, 3700, 1000]),
    old(WindowsXp,    0, 2600, [5, 1, 2600, 0],     "xpclient.010817-1148",          20011025, [6, 0, 2600, 0]),
    old(WindowsXp,    1, 2600, [5, 1, 2600, 1106],  "xpsp1.020828-1920",             20020909, [6, 0, 2800, 1106]),
    old(WindowsXp,    2, 2600, [5, 1, 2600, 2180],  "xpsp_sp2_rtm.040803-2158",      20040806, [6, 0, 2900, 2180]),
    old(WindowsXp,    3, 2600, [5, 1, 2600, 5512],  "xpsp.080413-2111",              20080421, [6, 0, 2900, 5512]),
    old(Server2003,   0, 3790, [5, 2, 3790, 0],     "srv03_rtm.030324-2048",         20030424, [6, 0, 3790, 0]),
    old(Server2003,   1, 3790, [5, 2, 3790, 1830],  "srv03_sp1_rtm.050324-1447",     20050330, [6, 0, 3790, 1830]),
    old(Server2003,   2, 3790, [5, 2, 3790, 3959],  "srv03_sp2_rtm.070216-1710",     20070313, [6, 0, 3790, 3959]),
    old(WindowsVista, 0, 6000, [6, 0, 6000, 16386], "vista_rtm.061101-2205",         20070130, [7, 0, 6000, 16386]),
    old(WindowsVista, 1, 6001, [6, 0, 6001, 18000], "longhorn_rtm.080118-1840",      20080318, [7, 0, 6001, 18000]),
    old(WindowsVista, 2, 6002, [6, 0, 6002, 18005], "lh_sp2rtm.090410-1830",         20090526, [7, 0, 6002, 18005]),
    old(Server2008,   1, 6001, [6, 0, 6001, 18000], "longhorn_rtm.080118-1840",      20080227, [7, 0, 6001, 18000]),
    old(Server2008,   2, 6002, [6, 0, 6002, 18005], "lh_sp2rtm.090410-1830",         20090526, [7, 0, 6002, 18005]),
    old(Windows7,     0, 7600, [6, 1, 7600, 16385], "win7_rtm.090713-1255",          20091022, [8, 0, 7600, 16385]),
    old(Windows7,     1, 7601, [6, 1, 7601, 17514], "win7sp1_rtm.101119-1850",       20110222, [8, 0, 7601, 17514]),
    old(Server2008R2, 0, 7600, [6, 1, 7600, 16385], "win7_rtm.090713-1255",          20091022, [8, 0, 7600, 16385]),
    old(Server2008R2, 1, 7601, [6, 1, 7601, 17514], "win7sp1_rtm.101119-1850",       20110222, [8, 0, 7601, 17514]),
    new(Windows8,     "", 9200, [6, 2, 9200, 16384], "win8_rtm.120725-1247",         20121026, 10, 378_389),
    new(Server2012,   "", 9200, [6, 2, 9200, 16384], "win8_rtm.120725-1247",         20120904, 10, 378_389),
    new(Windows81,    "", 9600, [6, 3, 9600, 16384], "winblue_rtm.130821-1623",      20131017, 11, 378_675),
    new(Server2012R2, "", 9600, [6, 3, 9600, 16384], "winblue_rtm.130821-1623",      20131017, 11, 378_675),
    new(Windows10, "1507", 10240, [10, 0, 10240, 16384], "th1.150709-1700",          20150729, 11, 393_295),
    new(Windows10, "1511", 10586, [10, 0, 10586, 0],   "th2_release.151029-1700",    20151110, 11, 394_254),
    new(Windows10, "1607", 14393, [10, 0, 14393, 0],   "rs1_release.160715-1616",    20160802, 11, 394_802),
    new(Windows10, "1703", 15063, [10, 0, 15063, 0],   "rs2_release.170317-1834",    20170405, 11, 460_798),
    new(Windows10, "1709", 16299, [10, 0, 16299, 15],  "rs3_release.170928-1534",    20171017, 11, 461_308),
    new(Windows10, "1803", 17134, [10, 0, 17134, 1],   "rs4_release.180410-1804",    20180430, 11, 461_808),
    new(Windows10, "1809", 17763, [10, 0, 17763, 1],   "rs5_release.180914-1434",    20181113, 11, 461_814),
    new(Windows10, "1903", 18362, [10, 0, 18362, 1],   "19h1_release.190318-1202",   20190521, 11, 528_040),
    new(Windows10, "1909", 18363, [10, 0, 18362, 1],   "19h1_release.190318-1202",   20191112, 11, 528_040),
    new(Windows10, "2004", 19041, [10, 0, 19041, 1],   "vb_release.191206-1406",     20200527, 11, 528_372),
    new(Windows10, "20H2", 19042, [10, 0, 19041, 1],   "vb_release.191206-1406",     20201020, 11, 528_372),
    new(Windows10, "21H2", 19044, [10, 0, 19041, 1],   "vb_release.191206-1406",     20211116, 11, 528_372),
    new(Windows10, "22H2", 19045, [10, 0, 19041, 1],   "vb_release.191206-1406",     20221018, 11, 528_372),
    new(Windows11, "21H2", 22000, [10, 0, 22000, 1],   "co_release.210604-1628",     20211004, 11, 528_449),
    new(Windows11, "22H2", 22621, [10, 0, 22621, 1],   "ni_release.220506-1250",     20220920, 11, 533_320),
    new(Windows11, "23H2", 22631, [10, 0, 22621, 1],   "ni_release.220506-1250",     20231031, 11, 533_320),
    new(Windows11, "24H2", 26100, [10, 0, 26100, 1],   "ge_release.240331-1435",     20241001, 11, 533_325),
    new(Server2016, "1607", 14393, [10, 0, 14393, 0],  "rs1_release.160715-1616",    20161015, 11, 394_802),
    new(Server2019, "1809", 17763, [10, 0, 17763, 1],  "rs5_release.180914-1434",    20181113, 11, 461_814),
    new(Server2022, "21H2", 20348, [10, 0, 20348, 1],  "fe_release.210507-1500",     20210818, 11, 528_449),
    new(Server2025, "24H2", 26100, [10, 0, 26100, 1],  "ge_release.240331-1435",     20241101, 11, 533_325),
];

/// Makes a row of a family that is serviced by service packs.
const fn old(
    family: Family,
    service_pack: u8,
    number: u16,
    version: [u16; 4],
    branch: &'static str,
    day: u32,
    explorer: [u16; 4],
) -> Build {
    let (name, net_release) = ("", 0);
    Build { family, service_pack, name, number, version, branch, day, explorer, net_release }
}

/// Makes a row of a family that never had a service pack.
#[expect(clippy::too_many_arguments, reason = "the columns of a table")]
const fn new(
    family: Family,
    name: &'static str,
    number: u16,
    version: [u16; 4],
    branch: &'static str,
    day: u32,
    explorer: u16,
    net_release: u32,
) -> Build {
    let explorer = [explorer, 0, version[2], version[3]];
    let service_pack = 0;
    Build { family, service_pack, name, number, version, branch, day, explorer, net_release }
}
