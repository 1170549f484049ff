" Vim syntax of nncc's models, *.nn. The lists of words are those of the compiler: a test compares them.
if exists('b:current_syntax')
  finish
endif
syntax case match

let s:statements = 'block|for|if|input|layer|let|loss|metric|model|next|output|param|repeat|return|state|target|train|use|yield'
let s:recipe_lines = 'augment|batch|clip|data|epochs|normalize|optimizer|patience|schedule|seed|split|test|validation'
let s:sources = 'cifar10|csv|idx|images|npz|random|rows|safetensors'
let s:optimizers = 'adadelta|adagrad|adam|adamw|rmsprop|sgd'
let s:schedules = 'constant|cosine|exponential|inverse|multistep|one_cycle|polynomial|step'
let s:functions = 'abs|absolute_error|accuracy|argmax|attention|avgpool|batchnorm|binary_cross_entropy|clip|concat|conv|conv_transpose|cos|cosine_similarity|cross_entropy|dense|dot|dropout|elastic|elu|embedding|erf|exp|expm1|flatten|floor|gelu|global_avgpool|global_maxpool|gradient|groupnorm|gru|gru_cell|half_squared_error|hinge|huber|l1|l2|layernorm|leaky_relu|log|log1p|log_softmax|logsumexp|lrn|lstm|lstm_cell|max|maxout|maxpool|mean|mean_absolute_error|mean_squared_error|min|nll|noise|norm|normal|normalize|one_hot|ones|outer|pad|prod|random_normal|random_uniform|range|relu|reshape|rnn|rnn_cell|roll|root_mean_squared_error|sigmoid|sign|silu|sin|size|softmax|softplus|sqrt|square|squared_error|stack|step|stop|sum|survive|tanh|top|transpose|triplet|uniform|upsample|where|zeros'
let s:constants = 'false|he|reversed|same|true|weights|xavier'

" Of items that begin in the same place the last one wins: from the general to the special.
syntax match nnccName "\v<\h\w*%(\.\h\w*)*"
syntax match nnccOperator "\v\|\>|\.\.\<?|[!=<>]\=|[-+*/%@^=<>]"
syntax match nnccNumber "\v%(<\d+%(\.\.@!\d*)?|\w@1<!\.\d+)%([eE][+-]?\d+)?"
syntax match nnccLabel "\v<\h\w*>\ze\s*:"
execute 'syntax match nnccConstant "\v<%(' . s:constants . ')>%(\s*[(:.]|\s*\=\=@!)@!"'
syntax match nnccConstant "\v<new>\ze\s*[],]"
syntax match nnccCall "\v<\h\w*%(\.\h\w*)*\ze\s*\("
syntax match nnccCall "\v%(\|\>\s*)@<=\h\w*%(\.\h\w*)*"
execute 'syntax match nnccFunction "\v<%(' . s:functions . ')>\ze\s*\("'
execute 'syntax match nnccFunction "\v%(\|\>\s*)@<=%(' . s:functions . ')>"'

syntax match nnccKeyword "\v%(:\s*|<of\s+)@<=class\ze\s*\("
syntax match nnccKeyword "\v%(\]\s*)@<=of>"
syntax match nnccKeyword "\v%([^;{[:space:]]\s+)@<=trains\ze\s+\h"
syntax match nnccKeyword "\v%(^\s*|\}\s*)@<=else\ze\s*%(\{|if>)"
syntax match nnccKeyword "\v%(<else\s+)@<=if>"
syntax match nnccKeyword "\v%(\=\s*)@<=for\ze\s+\h"
syntax match nnccKeyword "\v%(<for\s+\h\w*\s+)@<=in>"
execute 'syntax match nnccKeyword "\v%(^\s*|[;{}]\s*)@<=%(' . s:statements . ')\ze%(\s+%([[:alnum:]_.]|-\S)|\s*[[({\"])"'
syntax match nnccDeclared "\v%(%(^|[;{}])\s*%(model|let|input|target|param|state|next|layer|block)\s+)@<=\h\w*"
syntax match nnccDeclared "\v%(%(^|[;{}])\s*%(loss|metric|output)\s+)@<=\h\w*\ze\s*\=\=@!"
syntax match nnccDeclared "\v%(<for\s+)@<=\h\w*\ze\s+in>"

syntax region nnccString start=+"+ skip=+\\["\\]+ end=+"+ oneline
syntax match nnccComment "#.*$" contains=@Spell

syntax region nnccRecipe matchgroup=nnccKeyword start="\v%(%(^|[;}])\s*)@<=train\s*\{" end="}"
      \ contains=nnccName,nnccOperator,nnccNumber,nnccLabel,nnccConstant,nnccCall,nnccFunction,nnccString,nnccComment,nnccSource,nnccRule,nnccLine
execute 'syntax match nnccSource contained "\v<%(' . s:sources . ')>\ze\s*\("'
execute 'syntax match nnccRule contained "\v%(<optimizer\s+)@<=%(' . s:optimizers . ')>"'
execute 'syntax match nnccRule contained "\v%(<schedule\s+)@<=%(' . s:schedules . ')>"'
execute 'syntax match nnccLine contained "\v%(%(^|[;{])\s*)@<=%(' . s:recipe_lines . ')>"'

highlight default link nnccComment Comment
highlight default link nnccString String
highlight default link nnccNumber Number
highlight default link nnccOperator Operator
highlight default link nnccKeyword Statement
highlight default link nnccLine Statement
highlight default link nnccDeclared Identifier
highlight default link nnccLabel Label
highlight default link nnccConstant Constant
highlight default link nnccCall Function
highlight default link nnccFunction Function
highlight default link nnccSource Function
highlight default link nnccRule Function

let b:current_syntax = 'nncc'
