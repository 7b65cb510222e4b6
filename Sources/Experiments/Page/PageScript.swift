/// The page's script: the switch between light and dark, the filter of the table, and arrow keys in it. Without scripts
/// the page is complete all the same.
enum PageScript {
  static let javaScript = """
    (function(){
    var root=document.documentElement,button=document.getElementById('theme');
    function stored(value){try{if(value===undefined)return localStorage.getItem('theme');localStorage.setItem('theme',value)}
    catch(e){return null}}
    function dark(){var t=root.getAttribute('data-theme');return t?t==='dark':matchMedia('(prefers-color-scheme:dark)').matches}
    function label(){button.textContent=dark()?'Light':'Dark';
    button.setAttribute('aria-label','Switch to '+(dark()?'light':'dark')+' colours')}
    var t=stored();if(t==='dark'||t==='light')root.setAttribute('data-theme',t);
    button.hidden=false;label();
    button.addEventListener('click',function(){var next=dark()?'light':'dark';root.setAttribute('data-theme',next);stored(next);label()});
    matchMedia('(prefers-color-scheme:dark)').addEventListener('change',label);
    var table=document.getElementById('matrix');if(!table)return;
    var filter=document.getElementById('filter');filter.parentElement.hidden=false;
    function rows(){return Array.prototype.filter.call(table.querySelectorAll('tbody tr'),function(r){
    return !r.hidden&&!r.parentElement.hidden&&r.querySelector('.cell')})}
    filter.addEventListener('change',function(){var v=filter.value;
    table.querySelectorAll('tbody').forEach(function(b){
    b.hidden=v==='faults'&&b.dataset.kind!=='fault'||v==='troubles'&&b.dataset.kind==='fault'||v==='wrong'&&!b.querySelector('[data-wrong]')});
    roam(first())});
    function first(){var r=rows()[0];return r?r.querySelector('.cell'):null}
    function roam(cell){table.querySelectorAll('.cell').forEach(function(c){c.tabIndex=-1});if(cell)cell.tabIndex=0}
    roam(first());
    table.addEventListener('keydown',function(e){var cell=e.target.closest('.cell');if(!cell)return;
    var list=rows(),row=cell.closest('tr'),y=list.indexOf(row),cells=Array.prototype.slice.call(row.querySelectorAll('td')),
    x=cells.indexOf(cell.parentElement),next=null;
    function at(r,i){return r&&r.querySelectorAll('td')[i]&&r.querySelectorAll('td')[i].querySelector('.cell')}
    if(e.key==='ArrowRight'){for(var i=x+1;i<cells.length&&!next;i++)next=at(row,i)}
    else if(e.key==='ArrowLeft'){for(var j=x-1;j>=0&&!next;j--)next=at(row,j)}
    else if(e.key==='ArrowDown'){for(var k=y+1;k<list.length&&!next;k++)next=at(list[k],x)}
    else if(e.key==='ArrowUp'){for(var l=y-1;l>=0&&!next;l--)next=at(list[l],x)}
    else if(e.key==='Home'){next=row.querySelector('.cell')}else return;
    e.preventDefault();if(next){roam(next);next.focus()}});
    })();
    """
}
