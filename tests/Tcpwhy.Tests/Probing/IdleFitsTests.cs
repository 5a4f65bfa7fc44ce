using Tcpwhy.Probing;
using Xunit;

namespace Tcpwhy.Tests.Probing;

public class IdleFitsTests
{
    [Theory]
    [InlineData(60.1, IdleEnd.Fin, true, "AWS Application Load Balancer")]
    [InlineData(75.0, IdleEnd.Fin, true, "nginx >=0.7")]
    [InlineData(60.1, IdleEnd.Fin, false, "nginx")]
    [InlineData(351, IdleEnd.ResetOnUse, false, "AWS Network Load Balancer, TCP")]
    [InlineData(240.4, IdleEnd.Silence, false, "Azure Load Balancer")]
    [InlineData(2.004, IdleEnd.Fin, true, "gunicorn")]
    public void The_default_that_fits_best_is_named_first(double seconds, IdleEnd how, bool afterRequest, string product) =>
        Assert.Equal(product, IdleFits.Of(Limit(seconds, how), afterRequest, KnownTimeouts.All, [])[0].What);

    [Theory]
    [InlineData(3.0, IdleEnd.Silence)]
    [InlineData(66.5, IdleEnd.Silence)]
    [InlineData(45, IdleEnd.Fin)]
    public void Nothing_is_named_where_nothing_fits(double seconds, IdleEnd how) => Assert.Empty(IdleFits.Of(Limit(seconds, how), true, KnownTimeouts.All, []));

    [Fact]
    public void No_pool_of_clients_is_named_for_what_the_other_end_does() =>
        Assert.All(IdleFits.Of(Limit(90, IdleEnd.Fin), true, KnownTimeouts.All, []), fit => Assert.DoesNotContain("Transport", fit.What, StringComparison.Ordinal));

    [Fact]
    public void What_is_set_on_this_host_stands_first()
    {
        var here = new IdleFit("conntrack", "net.netfilter.nf_conntrack_tcp_timeout_established", TimeSpan.FromSeconds(240), "/proc/sys", true);
        IReadOnlyList<IdleFit> fits = IdleFits.Of(Limit(240.2, IdleEnd.Silence), false, KnownTimeouts.All, [here, here with { Timeout = TimeSpan.FromDays(5) }]);
        Assert.Equal(here, fits[0]);
        Assert.Single(fits, fit => fit.Here);
    }

    [Theory]
    [InlineData(3, 0.1, IdleEnd.Silence, 1, 1.0)]
    [InlineData(350, 2, IdleEnd.ResetOnUse, 314, 174.0)]
    [InlineData(60, 0, IdleEnd.Fin, 54, null)]
    [InlineData(2, 0, IdleEnd.Fin, 1, null)]
    [InlineData(1.5, 0.2, IdleEnd.Silence, 0.7, null)]
    public void The_advice_stays_clear_of_the_limit(double seconds, double spread, IdleEnd how, double pool, double? keepAlive)
    {
        IdleAdvice advice = IdleAdvice.For(Limit(seconds, how, spread));
        Assert.Equal(TimeSpan.FromSeconds(pool), advice.PoolIdle);
        Assert.Equal(keepAlive, advice.KeepAlive?.TotalSeconds);
    }

    private static IdleLimit Limit(double seconds, IdleEnd how, double spread = 0.01) => new(TimeSpan.FromSeconds(seconds), TimeSpan.FromSeconds(spread), how, 6, null);
}
