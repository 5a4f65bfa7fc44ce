using Tcpwhy.Texts;
using Tcpwhy.Tuning;
using Xunit;

namespace Tcpwhy.Tests.Tuning;

public class SettingsTests
{
    public static TheoryData<string> Names => new(Settings.All.Select(setting => setting.Name));

    [Theory]
    [MemberData(nameof(Names))]
    public void Each_setting_says_everything_in_both_languages(string name)
    {
        Setting setting = Settings.Require(name);
        Assert.NotEqual(setting.Uses(Language.English), setting.Uses(Language.Korean));
        Assert.True(setting.Risk(Language.English) is null || setting.Risk(Language.English) != setting.Risk(Language.Korean));
        Assert.True(setting.Note(Language.English) is null || setting.Note(Language.English) != setting.Note(Language.Korean));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Each_default_is_a_value_that_may_be_set(string name)
    {
        Setting setting = Settings.Require(name);
        foreach (Version kernel in new[] { new Version(4, 9), new Version(5, 10), new Version(6, 18) })
        {
            if (setting.DefaultOf(kernel) is { } value)
                Assert.Equal(value, setting.Shape.Check(name, value));
        }
    }

    [Theory]
    [InlineData("net.core.somaxconn", "5.3", "128")]
    [InlineData("net.core.somaxconn", "5.4", "4096")]
    [InlineData("net.ipv4.tcp_rmem", "4.19", "4096 87380 6291456")]
    [InlineData("net.ipv4.tcp_rmem", "6.12", "4096 131072 6291456")]
    [InlineData("net.ipv4.tcp_rmem", "6.18", "4096 131072 33554432")]
    [InlineData("net.ipv4.ip_local_reserved_ports", "6.18", "")]
    [InlineData("net.ipv4.tcp_mem", "6.18", null)]
    public void Defaults_are_those_of_the_kernel(string name, string kernel, string? value) =>
        Assert.Equal(value, Settings.Require(name).DefaultOf(Version.Parse(kernel)));

    [Theory]
    [InlineData("net.core.somaxconn", "4096", "4096")]
    [InlineData("net.ipv4.ip_local_port_range", "10240\t65535", "10240 65535")]
    [InlineData("net.ipv4.ip_local_reserved_ports", "8080,9000-9100", "8080,9000-9100")]
    [InlineData("net.ipv4.ip_local_reserved_ports", "", "")]
    [InlineData("net.ipv4.tcp_congestion_control", "bbr", "bbr")]
    [InlineData("net.ipv4.tcp_notsent_lowat", "4294967295", "4294967295")]
    public void A_good_value_is_taken_with_single_spaces(string name, string value, string taken) =>
        Assert.Equal(taken, Settings.Require(name).Shape.Check(name, value));

    [Theory]
    [InlineData("net.core.somaxconn", "0", "16 to 65535 is right")]
    [InlineData("net.core.somaxconn", "65536", "16 to 65535 is right")]
    [InlineData("net.core.somaxconn", "99999999999999999999", "is no whole number")]
    [InlineData("net.core.somaxconn", "-1", "out of bounds")]
    [InlineData("net.core.somaxconn", "0x1000", "is no whole number")]
    [InlineData("net.core.somaxconn", "4,096", "is no whole number")]
    [InlineData("net.core.somaxconn", "", "is no whole number")]
    [InlineData("net.core.somaxconn", "4096 4096", "has 2 numbers, and takes 1")]
    [InlineData("net.core.somaxconn", "4096\nkernel.core_pattern=x", "is no whole number")]
    [InlineData("net.ipv4.ip_local_port_range", "60999 32768", "is not in order")]
    [InlineData("net.ipv4.ip_local_port_range", "0 65535", "out of bounds")]
    [InlineData("net.ipv4.ip_local_port_range", "10240", "has 1 numbers, and takes 2")]
    [InlineData("net.ipv4.tcp_rmem", "4096 131072 6000", "is not in order")]
    [InlineData("net.ipv4.tcp_rmem", "4096 131072 4294967296", "out of bounds")]
    [InlineData("net.ipv4.ip_local_reserved_ports", "9100-9000", "is no list of ports")]
    [InlineData("net.ipv4.ip_local_reserved_ports", "70000", "is no list of ports")]
    [InlineData("net.ipv4.ip_local_reserved_ports", "1-2-3", "is no list of ports")]
    [InlineData("net.ipv4.tcp_congestion_control", "../../etc/passwd", "is no name")]
    public void A_bad_value_is_told_with_what_would_be_right(string name, string value, string told) =>
        Assert.Contains(told, Assert.Throws<InvalidDataException>(() => Settings.Require(name).Shape.Check(name, value)).Message, StringComparison.Ordinal);

    [Fact]
    public void An_unknown_name_is_told_with_the_nearest() =>
        Assert.Equal("net.core.somaxcon is no setting that tcpwhy changes; did you mean 'net.core.somaxconn'?",
            Assert.Throws<InvalidDataException>(() => Settings.Require("net.core.somaxcon")).Message);

    [Theory]
    [InlineData("kernel.core_pattern")]
    [InlineData("net/core/somaxconn")]
    [InlineData("../../etc/passwd")]
    public void No_other_name_is_known(string name) => Assert.Null(Settings.Find(name));

    [Theory]
    [InlineData("a.b\nscope: galaxy\nvalue: word\ndefault: x\nuses: y", "scope 'galaxy'")]
    [InlineData("a.b\nscope: host\nvalue: number 1\ndefault: x\nuses: y", "no shape of a value")]
    [InlineData("a.b\nscope: host\nvalue: word\ndefault: x", "no uses")]
    [InlineData("a.b\nscope: host\nscope: host", "stands twice")]
    public void A_malformed_table_is_told(string text, string told) =>
        Assert.Contains(told, Assert.Throws<InvalidDataException>(() => Settings.Parse(new StringReader(text))).Message, StringComparison.Ordinal);
}
