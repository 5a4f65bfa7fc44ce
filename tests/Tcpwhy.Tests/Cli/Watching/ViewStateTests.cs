using Tcpwhy.Cli.Ui.Watching;
using Tcpwhy.Sources;
using Xunit;

namespace Tcpwhy.Tests.Cli.Watching;

public class ViewStateTests
{
    private readonly ViewState _state = new();

    [Fact]
    public void Rows_are_selected_within_what_there_is()
    {
        _state.Has(5);
        Press(new Key(KeyName.Down), 'j', new Key(KeyName.PageDown));
        Assert.Equal(4, _state.Selected);
        _state.Has(2);
        Assert.Equal(1, _state.Selected);
        Press(new Key(KeyName.Home), new Key(KeyName.Up));
        Assert.Equal(0, _state.Selected);
    }

    [Fact]
    public void Each_view_keeps_its_selection()
    {
        _state.Has(5);
        Press(new Key(KeyName.Down), '2');
        Assert.Equal((View.Connections, 0), (_state.View, _state.Selected));
        Press(new Key(KeyName.BackTab));
        Assert.Equal((View.Failures, 1), (_state.View, _state.Selected));
        Press(new Key(KeyName.BackTab));
        Assert.Equal(View.Alerts, _state.View);
    }

    [Fact]
    public void Nothing_selected_has_no_details()
    {
        Press(new Key(KeyName.Enter));
        Assert.False(_state.Detail);
    }

    [Fact]
    public void Escape_leaves_details_and_q_there_does_not_quit()
    {
        _state.Has(1);
        Press(new Key(KeyName.Enter), 'l', 'j');
        Assert.True(_state.Detail);
        Assert.Equal(1, _state.Example);
        Press('q');
        Assert.Equal((false, false, 0), (_state.Detail, _state.Quits, _state.Example));
        Press('q');
        Assert.True(_state.Quits);
    }

    [Fact]
    public void Time_scale_stays_within_its_bounds()
    {
        Press('-', '-', '-');
        Assert.Equal(TimeSpan.FromMinutes(1), _state.Span);
        Press([.. Enumerable.Repeat((Key)'+', 20)]);
        Assert.Equal(TimeSpan.FromHours(24), _state.Span);
    }

    [Fact]
    public void A_filter_is_typed_and_a_wrong_one_is_told()
    {
        Press('/', 'd', 'x', new Key(KeyName.Backspace), 'p', 'o', 'r', 't', ' ', '=', ' ', ':', 'x', new Key(KeyName.Enter));
        Assert.NotNull(_state.Complaint);
        Assert.Equal("", _state.FilterText);
        Press(new Key(KeyName.Backspace), '8', '0', new Key(KeyName.Enter));
        Assert.Equal(("dport = :80", null, null), (_state.FilterText, _state.Prompt, _state.Complaint));
        Assert.Equal(View.Connections, _state.View);
    }

    [Fact]
    public void Orders_go_round()
    {
        Press('2');
        foreach (SocketOrder order in Enum.GetValues<SocketOrder>())
        {
            Assert.Equal(order, _state.Order);
            Press('s');
        }
        Assert.Equal(SocketOrder.Trouble, _state.Order);
    }

    [Fact]
    public void Ctrl_c_quits_from_everywhere()
    {
        Press('/', new Key(KeyName.Quit));
        Assert.True(_state.Quits);
    }

    private void Press(params Key[] keys)
    {
        foreach (Key key in keys)
            _state.Press(key, 10);
    }
}
