using Tcpwhy.Model;
using Xunit;

namespace Tcpwhy.Tests.Filtering;

public class FilterErrorTests
{
    [Theory]
    [InlineData("dprt = :443", "unknown word 'dprt' at 1; did you mean 'dport'?")]
    [InlineData("dport = :443 adn pid 1", "unknown word 'adn' at 14; did you mean 'and'?")]
    [InlineData("443", "unknown word '443' at 1")]
    [InlineData("state establised", "unknown state 'establised' at 7; did you mean 'established'?")]
    [InlineData("state", "'state' at 1 needs a state, as established")]
    [InlineData("dport", "'dport' at 1 needs a port, as 443, :443 or https")]
    [InlineData("dport = )", "'dport' at 1 needs a port, as 443, :443 or https")]
    [InlineData("( dport = 443 ) pid", "'pid' at 17 needs a process number, as 4312")]
    [InlineData("dport 70000", "port '70000' at 7 is out of range (0 to 65535)")]
    [InlineData("dport = :99999999999999999999", "port '99999999999999999999' at 9 is out of range (0 to 65535)")]
    [InlineData("dport = htps", "'htps' at 9 is neither a port nor a service in /etc/services; did you mean 'https'?")]
    [InlineData("dport -1", "'-1' at 7 is neither a port nor a service in /etc/services")]
    [InlineData("dst 10.0.0.1:66000", "port '66000' at 5 is out of range (0 to 65535)")]
    [InlineData("dst 10.0.0.0/33", "prefix '/33' at 5 is not a number from 0 to 32")]
    [InlineData("dst 10.0.0.0/x", "prefix '/x' at 5 is not a number from 0 to 32")]
    [InlineData("src [::1/129]:80", "prefix '/129' at 5 is not a number from 0 to 128")]
    [InlineData("dst 10.0.0.300", "'10.0.0.300' at 5 is not an address, as 10.0.0.0/8 or [::1]:443")]
    [InlineData("dst 10/8", "'10/8' at 5 is not an address, as 10.0.0.0/8 or [::1]:443")]
    [InlineData("dst 010.0.0.1", "'010.0.0.1' at 5 is not an address, as 10.0.0.0/8 or [::1]:443")]
    [InlineData("dst [::1", "'[::1' at 5 is not an address, as 10.0.0.0/8 or [::1]:443")]
    [InlineData("dst fe80::1%eth0", "'fe80::1%eth0' at 5 is not an address, as 10.0.0.0/8 or [::1]:443")]
    [InlineData("dst web-1", "no host 'web-1' at 5 was found; an address would be certain, as 10.0.0.0/8 or [::1]:443")]
    [InlineData("dst > 10.0.0.1", "'>' at 5 cannot be asked of 'dst'; use = or !=")]
    [InlineData("pid java", "'java' at 5 is not a process number, as 4312")]
    [InlineData("pid 0", "'0' at 5 is not a process number, as 4312")]
    [InlineData("netns blu", "no network namespace 'blu' at 7 on this host; did you mean 'blue'?")]
    [InlineData("( dport 443", "'(' at 1 is not closed")]
    [InlineData("dport 443 )", "')' at 11 closes nothing")]
    [InlineData("( )", "a condition is missing before ')' at 3")]
    [InlineData("and pid 1", "a condition is missing before 'and' at 1")]
    [InlineData("pid 1 or", "a condition is missing after 'or' at 7")]
    [InlineData("not", "a condition is missing after 'not' at 1")]
    [InlineData("comm 'java", "the quotation mark at 6 is not closed")]
    [InlineData("= 443", "unknown word '=' at 1")]
    public void Mistake_is_named_with_its_place(string filter, string message)
    {
        var error = Assert.Throws<ToolException>(() => FilterTests.Parse(filter));
        Assert.Equal(("filter: " + message, 2), (error.Message, error.ExitCode));
    }

    [Fact]
    public void Deep_nesting_is_refused_and_not_followed()
    {
        Assert.Equal("filter: nested deeper than 100 at 101", Assert.Throws<ToolException>(() => FilterTests.Parse(new string('(', 1_000_000))).Message);
        Assert.Throws<ToolException>(() => FilterTests.Parse(string.Concat(Enumerable.Repeat("! ", 100_000)) + "pid 1"));
        FilterTests.Parse(string.Join(" or ", Enumerable.Repeat("( pid 1 )", 10_000)));
    }

    [Fact]
    public void Random_words_give_a_filter_or_a_clear_error()
    {
        string[] words = ["state", "exclude", "established", "src", "dst", "10.0.0.1", "[::1]:80", "[", "]", "]:", "::", "/", ":", "*", "sport", "dport", "=", "!=", ">", "443", ":443", "and", "or", "not", "!", "(", ")", "pid", "1", "comm", "'", "\"", "netns", "container", "a:b", "%", "\u0000", "\ud800"];
        var random = new Random(11);
        for (int round = 0; round < 20_000; round++)
        {
            string text = string.Concat(Enumerable.Range(0, random.Next(10)).Select(_ => words[random.Next(words.Length)] + (random.Next(4) > 0 ? " " : "")));
            try
            {
                string full = FilterTests.Parse(text).ToString();
                Assert.Equal(full, FilterTests.Parse(full).ToString());
            }
            catch (ToolException error)
            {
                Assert.StartsWith("filter: ", error.Message);
            }
        }
    }
}
